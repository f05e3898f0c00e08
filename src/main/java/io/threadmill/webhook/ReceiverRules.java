package io.threadmill.webhook;

import io.threadmill.egress.InvalidUrl;
import io.threadmill.egress.Target;
import io.threadmill.job.Violations;
import io.threadmill.job.Webhook;
import io.threadmill.job.WebhookRules;
import org.springframework.stereotype.Component;

/**
 * What is right in a webhook, told at submit: a URL that can be sent to, and a secret, since what
 * is not signed can be forged by everybody who knows the URL. Whether its address is open is seen
 * when it is sent to.
 */
@Component
final class ReceiverRules implements WebhookRules {

  /** Fits into a record together with all else that a job carries along. */
  private static final int LONGEST_URL = 2048;

  private final boolean signedByDefault;

  ReceiverRules(WebhookProperties properties) {
    signedByDefault = !properties.secret().isEmpty();
  }

  @Override
  public void check(Webhook webhook, boolean whole, Violations violations) {
    if (!webhook.url().isEmpty()) {
      checkUrl(webhook.url(), violations);
    } else if (whole) {
      violations.add("/webhook/url", "is missing: give the receiver's http or https URL");
    }
    if (webhook.secret() != null) {
      if (Secret.parse(webhook.secret()).isEmpty()) {
        violations.add("/webhook/secret", Secret.FORM);
      }
    } else if (whole && !signedByDefault) {
      violations.add(
          "/webhook/secret",
          "is missing: deliveries are always signed; give one, or have threadmill.webhook.secret"
              + " set for all");
    }
  }

  private static void checkUrl(String url, Violations violations) {
    try {
      if (Math.max(url.length(), Target.parse(url).toString().length()) > LONGEST_URL) {
        violations.add(
            "/webhook/url", "must have at most %d characters, encoded".formatted(LONGEST_URL));
      }
    } catch (InvalidUrl invalid) {
      violations.add("/webhook/url", String.valueOf(invalid.getMessage()));
    }
  }

  @Override
  public String keyOf(Webhook webhook) {
    return "webhook:" + Target.parse(webhook.url()).hostPort();
  }
}
