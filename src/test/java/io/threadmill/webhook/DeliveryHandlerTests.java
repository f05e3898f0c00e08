package io.threadmill.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.egress.Egress;
import io.threadmill.egress.Failed;
import io.threadmill.egress.FetchFailure;
import io.threadmill.egress.FetchOutcome;
import io.threadmill.egress.FetchRequest;
import io.threadmill.egress.Fetched;
import io.threadmill.egress.Header;
import io.threadmill.egress.Target;
import io.threadmill.egress.Timings;
import io.threadmill.job.JobContext;
import io.threadmill.job.JobError;
import io.threadmill.job.JobResult;
import io.threadmill.job.Webhook;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class DeliveryHandlerTests {

  private static final String OWN = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String NEW = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
  private static final String URL = "https://shop.example/hooks";

  private final FakeDeliveries deliveries = new FakeDeliveries();
  private final List<FetchRequest> sent = new ArrayList<>();
  private FetchOutcome answer = status(204);
  private List<String> secrets = List.of();

  @BeforeEach
  void receiver() {
    deliveries.receiver = new Webhook(URL, OWN, Webhook.ENDS, false);
    deliveries.source = Ended.succeeded("1");
  }

  private static Fetched status(int status, Header... headers) {
    return new Fetched(
        Target.parse(URL),
        status,
        List.of(headers),
        new byte[0],
        List.of(),
        new Timings(0, 0, 0, 0, 0));
  }

  private JobResult run(int run, int failedBefore) {
    Egress egress =
        new Egress() {
          @Override
          public FetchOutcome fetch(FetchRequest request) {
            sent.add(request);
            return answer;
          }

          @Override
          public String policy() {
            return "";
          }
        };
    var properties =
        new WebhookProperties(
            secrets, Duration.ofSeconds(20), List.of(Duration.ofSeconds(5), Duration.ofMinutes(1)));
    InstantSource clock = () -> NOW;
    return new DeliveryHandler(
            deliveries,
            egress,
            properties,
            new SplittableRandom(1),
            clock,
            JsonMapper.builder().build())
        .run(Ended.job("succeeded", 1), context(run, failedBefore));
  }

  private JobResult run() {
    return run(1, 0);
  }

  /** What a handler of deliveries asks of its attempt. */
  private static JobContext context(int run, int failedBefore) {
    return (JobContext)
        Proxy.newProxyInstance(
            JobContext.class.getClassLoader(),
            new Class<?>[] {JobContext.class},
            (_, method, _) ->
                switch (method.getName()) {
                  case "id" -> Ended.DELIVERY;
                  case "run" -> run;
                  case "failedAttempts" -> failedBefore;
                  case "remaining" -> Duration.ofMinutes(2);
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private String header(String name) {
    return sent.getLast().headers().stream()
        .filter(header -> header.name().equals(name))
        .map(Header::value)
        .findFirst()
        .orElseThrow();
  }

  private static JobError failure(JobResult result) {
    return switch (result) {
      case JobResult.Fail(JobError error) -> error;
      case JobResult.Retry(JobError error, Duration _) -> error;
      default -> throw new AssertionError(result.toString());
    };
  }

  @Test
  void aDeliveryIsSignedAndPosted() {
    JobResult result = run();
    assertThat(result).isInstanceOf(JobResult.Done.class);
    FetchRequest request = sent.getFirst();
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.url()).isEqualTo(URL);
    assertThat(request.maxRedirects()).isZero();
    assertThat(request.statusOnly()).isTrue();
    assertThat(request.timeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(header("Content-Type")).isEqualTo("application/cloudevents+json");
    assertThat(header("webhook-id")).isEqualTo(Ended.DELIVERY.value());
    assertThat(header("webhook-timestamp")).isEqualTo("1795608000");
    assertThat(header("webhook-signature"))
        .isEqualTo(
            Secret.parse(OWN)
                .orElseThrow()
                .sign(Ended.DELIVERY.value(), 1795608000L, request.body()));
  }

  @Test
  void whileTheServicesSecretIsChangedBothSign() {
    deliveries.receiver = new Webhook(URL, null, Webhook.ENDS, false);
    secrets = List.of(NEW, OWN);
    run();
    assertThat(header("webhook-signature")).matches("v1,\\S+ v1,\\S+");
  }

  @Test
  void withoutASecretNothingIsSent() {
    deliveries.receiver = new Webhook(URL, null, Webhook.ENDS, false);
    assertThat(failure(run()).slug()).isEqualTo("webhook-unsigned");
    assertThat(sent).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 304, 307, 400, 401, 404, 429, 500, 503})
  void whatIsNot2xxIsTriedAgain(int status) {
    answer = status(status, new Header("Location", "https://other.example/"));
    JobResult.Retry retry = (JobResult.Retry) run();
    assertThat(retry.error().slug()).isEqualTo("webhook-rejected");
    assertThat(retry.error().extensions()).containsEntry("upstreamStatus", status);
    assertThat(retry.after()).isBetween(Duration.ofMillis(4500), Duration.ofMillis(5500));
    assertThat(sent).hasSize(1);
  }

  @Test
  void aReceiverMayAskForTime() {
    answer = status(503, new Header("retry-after", "600"));
    assertThat(((JobResult.Retry) run()).after()).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void afterTheLastTryItIsDead() {
    answer = status(500);
    assertThat(run(1, 1)).isInstanceOf(JobResult.Retry.class);
    JobError dead = failure(run(1, 2));
    assertThat(dead.slug()).isEqualTo("webhook-rejected");
    assertThat(dead.retryable()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = FetchFailure.class,
      names = {"DNS_FAILED", "CONNECT_FAILED", "TLS_FAILED", "TIMED_OUT", "CONNECTION_LOST"})
  void aReceiverThatIsNotReachedIsTriedAgain(FetchFailure why) {
    answer = new Failed(why, "it is away", false);
    JobResult result = run();
    assertThat(result).isInstanceOf(JobResult.Retry.class);
    assertThat(failure(result).slug()).isEqualTo("webhook-unreachable");
    assertThat(failure(result).extensions()).containsEntry("reason", why.code());
  }

  @Test
  void aBlockedAddressIsDeadAtOnce() {
    answer = new Failed(FetchFailure.URL_BLOCKED, "not open", false);
    JobResult result = run();
    assertThat(result).isInstanceOf(JobResult.Fail.class);
    assertThat(failure(result).slug()).isEqualTo("url-blocked");
  }

  @Test
  void aReceiverThatIsGoneIsAskedNoMoreUntilAClientWantsItTo() {
    answer = status(410);
    assertThat(failure(run()).slug()).isEqualTo("webhook-gone");
    answer = status(204);
    assertThat(failure(run()).slug()).isEqualTo("webhook-gone");
    assertThat(sent).as("the second was not sent").hasSize(1);
    assertThat(run(2, 0)).isInstanceOf(JobResult.Done.class);
    assertThat(deliveries.gone).isEmpty();
    assertThat(run()).isInstanceOf(JobResult.Done.class);
  }
}
