package io.threadmill.redis;

import io.threadmill.job.Violations;
import io.threadmill.job.Webhook;
import io.threadmill.job.WebhookRules;
import java.net.URI;

/** Takes any webhook as it is. */
final class AnyReceiver implements WebhookRules {

  @Override
  public void check(Webhook webhook, boolean whole, Violations violations) {}

  @Override
  public String keyOf(Webhook webhook) {
    return "webhook:" + URI.create(webhook.url()).getAuthority();
  }
}
