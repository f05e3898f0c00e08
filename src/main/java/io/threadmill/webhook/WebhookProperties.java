package io.threadmill.webhook;

import io.threadmill.job.DurationText;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How ends are told.
 *
 * @param secret what deliveries are signed with where a webhook brings none; several while one is
 *     changed for another: each signs
 * @param timeout of one try
 * @param retries the pauses after failed tries, one each; after the last no more
 */
@Validated
@ConfigurationProperties("threadmill.webhook")
record WebhookProperties(
    @DefaultValue List<String> secret,
    @DefaultValue("20s") Duration timeout,
    @DefaultValue({"5s", "1m", "5m", "30m", "2h", "5h", "10h", "10h", "10h"})
        List<Duration> retries) {

  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final Duration LONGEST_PAUSE = Duration.ofDays(1);
  private static final int MOST_SECRETS = 4;
  private static final int MOST_RETRIES = 20;

  WebhookProperties {
    secret = secret.stream().map(String::strip).toList();
    retries = List.copyOf(retries);
    if (secret.size() > MOST_SECRETS) {
      throw new IllegalArgumentException(
          "threadmill.webhook.secret holds %d secrets; at most %d sign"
              .formatted(secret.size(), MOST_SECRETS));
    }
    for (String text : secret) { // which is not repeated: it may be right but for a letter
      if (Secret.parse(text).isEmpty()) {
        throw new IllegalArgumentException("threadmill.webhook.secret " + Secret.FORM);
      }
    }
    if (timeout.toMillis() < 1 || timeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "threadmill.webhook.timeout must be between 1ms and %s, but is %s"
              .formatted(DurationText.format(LONGEST), DurationText.format(timeout)));
    }
    if (retries.size() > MOST_RETRIES) {
      throw new IllegalArgumentException(
          "threadmill.webhook.retries holds %d pauses; at most %d are kept to"
              .formatted(retries.size(), MOST_RETRIES));
    }
    for (Duration pause : retries) {
      if (pause.toMillis() < 1 || pause.compareTo(LONGEST_PAUSE) > 0) {
        throw new IllegalArgumentException(
            "threadmill.webhook.retries must be pauses between 1ms and %s, but holds %s"
                .formatted(DurationText.format(LONGEST_PAUSE), DurationText.format(pause)));
      }
    }
  }

  List<Secret> secrets() {
    return secret.stream().map(Secret::parse).flatMap(java.util.Optional::stream).toList();
  }

  @Override
  public String toString() {
    return "WebhookProperties[%d secrets, timeout %s, retries %s]"
        .formatted(secret.size(), timeout, retries);
  }
}
