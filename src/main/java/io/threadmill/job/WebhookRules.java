package io.threadmill.job;

/** What is right in a webhook; kept by the room that delivers. Thread-safe. */
public interface WebhookRules {

  /**
   * Reports each fault with a pointer into the request.
   *
   * @param whole false for a template's, to which its jobs may add what is missing
   */
  void check(Webhook webhook, boolean whole, Violations violations);

  /**
   * The key that deliveries to this receiver wait under, so that a slow one holds up no other. Only
   * for what was found right.
   */
  String keyOf(Webhook webhook);
}
