package io.threadmill.webhook;

import io.threadmill.job.JobError;
import io.threadmill.job.ProblemKind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.springframework.stereotype.Component;

/** Every way a delivery can fail. */
enum WebhookProblem {
  WEBHOOK_REJECTED(
      "The receiver did not accept the delivery",
      "The receiver answered with a status outside 2xx, which upstreamStatus holds. A redirect is one:"
          + " none is followed.",
      "Look at the receiver; the delivery is tried again by itself, up to ten times over a day and a"
          + " half unless set otherwise."),
  WEBHOOK_UNREACHABLE(
      "The receiver could not be reached",
      "No answer came: reason says whether its name, its connection, its certificate or its time"
          + " failed.",
      "Check the URL, the receiver's certificate and that it answers within"
          + " threadmill.webhook.timeout; the delivery is tried again by itself."),
  WEBHOOK_GONE(
      "The receiver is gone",
      "The receiver answered 410. Nothing more is delivered for this job or batch.",
      "Where it is back, redeliver: a delivery that then succeeds opens it again."),
  WEBHOOK_UNSIGNED(
      "There is nothing to sign with",
      "The webhook has no secret of its own, and threadmill.webhook.secret is not set any more.",
      "Set threadmill.webhook.secret on all instances; the delivery is tried again by itself."),
  URL_BLOCKED(
      "The address is not open to fetches",
      "The host, an address it resolves to, or its port is closed to fetches by the egress guard.",
      "Where it is meant to be reached, open it with threadmill.egress.allow or .ports.");

  private final String title;
  private final String meaning;
  private final String remedy;

  WebhookProblem(String title, String meaning, String remedy) {
    this.title = title;
    this.meaning = meaning;
    this.remedy = remedy;
  }

  private String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  JobError retryable(String detail) {
    return JobError.retryable(slug(), title, detail);
  }

  JobError terminal(String detail) {
    return JobError.terminal(slug(), title, detail);
  }

  /** Tells the problem pages. */
  @Component
  static final class Catalogue implements ProblemKind.Catalogue {
    @Override
    public List<ProblemKind> kinds() {
      return Arrays.stream(values())
          .map(p -> new ProblemKind(p.slug(), p.title, p.meaning, p.remedy))
          .toList();
    }
  }
}
