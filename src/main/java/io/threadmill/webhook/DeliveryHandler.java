package io.threadmill.webhook;

import io.threadmill.egress.Egress;
import io.threadmill.egress.Failed;
import io.threadmill.egress.FetchFailure;
import io.threadmill.egress.FetchRequest;
import io.threadmill.egress.Fetched;
import io.threadmill.egress.Header;
import io.threadmill.egress.Held;
import io.threadmill.job.JobContext;
import io.threadmill.job.JobError;
import io.threadmill.job.JobHandler;
import io.threadmill.job.JobId;
import io.threadmill.job.JobResult;
import io.threadmill.job.Webhook;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * The job type that tells an end. Its id is the {@code webhook-id}, the same on each try and when
 * it is delivered again, so that a receiver can tell a repetition. A delivery that failed for good
 * is the dead letter.
 */
@Component
final class DeliveryHandler implements JobHandler<DeliveryParams> {

  /** The name of the type, of its pool, and what {@code preamble.lua} writes. */
  private static final String NAME = "webhook";

  private final DeliveryRepository deliveries;
  private final Egress egress;
  private final EventBody bodies;
  private final WebhookProperties properties;
  private final RetrySchedule schedule;
  private final InstantSource clock;
  private final JsonMapper mapper;

  DeliveryHandler(
      DeliveryRepository deliveries,
      Egress egress,
      WebhookProperties properties,
      RandomGenerator random,
      InstantSource clock,
      JsonMapper mapper) {
    this.deliveries = deliveries;
    this.egress = egress;
    this.properties = properties;
    this.clock = clock;
    this.mapper = mapper;
    bodies = new EventBody(mapper);
    schedule = new RetrySchedule(properties.retries(), random);
  }

  @Override
  public String type() {
    return NAME;
  }

  @Override
  public Class<DeliveryParams> paramsType() {
    return DeliveryParams.class;
  }

  @Override
  public boolean internal() {
    return true;
  }

  @Override
  public String pool(DeliveryParams params) {
    return NAME;
  }

  @Override
  public JobResult run(DeliveryParams told, JobContext context) {
    Optional<Webhook> receiver = deliveries.receiver(context.id());
    if (receiver.isEmpty()) {
      return new JobResult.Fail(
          WebhookProblem.WEBHOOK_GONE.terminal("The delivery itself was deleted."));
    }
    // One that a client asked for again is tried, to find out whether the receiver is back.
    boolean again = context.run() > 1;
    if (!again && deliveries.gone(told.ownerId())) {
      return new JobResult.Fail(
          WebhookProblem.WEBHOOK_GONE.terminal(
              "The receiver answered 410 to an earlier delivery."));
    }
    List<Secret> secrets = secrets(receiver.get());
    if (secrets.isEmpty()) {
      return failed(
          WebhookProblem.WEBHOOK_UNSIGNED.retryable("threadmill.webhook.secret is not set."),
          null,
          context);
    }
    Duration time = properties.timeout();
    if (context.remaining().compareTo(time) < 0) {
      time = context.remaining();
    }
    if (time.toMillis() < 1) {
      return failed(unreachable("The attempt's time was over.", "timed-out"), null, context);
    }
    byte[] body =
        bodies.of(
            context.id(),
            told,
            told.job() == null ? null : deliveries.source(new JobId(told.job())).orElse(null));
    var request =
        FetchRequest.told(receiver.get().url(), headers(context.id(), secrets, body), body, time);
    return switch (egress.fetch(request)) {
      case Fetched answer -> answered(answer, told, again, context);
      case Failed failed when failed.reason() == FetchFailure.URL_BLOCKED ->
          new JobResult.Fail(WebhookProblem.URL_BLOCKED.terminal(failed.detail()));
      case Failed failed ->
          failed(unreachable(failed.detail(), failed.reason().code()), null, context);
      case Held(Duration until) -> new JobResult.Later(until, "host"); // only redirects are held
    };
  }

  private static JobError unreachable(String detail, String reason) {
    return WebhookProblem.WEBHOOK_UNREACHABLE.retryable(detail).with("reason", reason);
  }

  private List<Secret> secrets(Webhook receiver) {
    return receiver.secret() == null
        ? properties.secrets()
        : Secret.parse(receiver.secret()).stream().toList();
  }

  private List<Header> headers(JobId id, List<Secret> secrets, byte[] body) {
    long timestamp = clock.instant().getEpochSecond();
    return List.of(
        new Header("Content-Type", EventBody.MEDIA_TYPE),
        new Header("webhook-id", id.value()),
        new Header("webhook-timestamp", Long.toString(timestamp)),
        new Header(
            "webhook-signature",
            secrets.stream()
                .map(secret -> secret.sign(id.value(), timestamp, body))
                .collect(Collectors.joining(" "))));
  }

  private JobResult answered(
      Fetched answer, DeliveryParams told, boolean again, JobContext context) {
    int status = answer.status();
    if (status >= 200 && status <= 299) {
      if (again) {
        deliveries.clearGone(told.ownerId());
      }
      return JobResult.done(
          JobResult.ResultBody.json(mapper.writeValueAsBytes(Map.of("status", status))));
    }
    if (status == 410) {
      deliveries.setGone(told.ownerId());
      return new JobResult.Fail(
          WebhookProblem.WEBHOOK_GONE
              .terminal("The receiver answered 410.")
              .with("upstreamStatus", status));
    }
    return failed(
        WebhookProblem.WEBHOOK_REJECTED
            .retryable("The receiver answered %d.".formatted(status))
            .with("upstreamStatus", status),
        answer.header("Retry-After"),
        context);
  }

  private JobResult failed(JobError error, @Nullable String retryAfter, JobContext context) {
    return schedule
        .after(context.failedAttempts(), retryAfter, clock.instant())
        .<JobResult>map(pause -> new JobResult.Retry(error, pause))
        .orElseGet(() -> new JobResult.Fail(error.lastOfAll()));
  }
}
