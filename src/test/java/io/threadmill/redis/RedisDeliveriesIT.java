package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.BROKEN;
import static io.threadmill.redis.QueueHarness.aJob;
import static io.threadmill.redis.QueueHarness.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.Ending;
import io.threadmill.job.JobId;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobRepository.Filter;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobState;
import io.threadmill.job.RetryPolicy;
import io.threadmill.job.TakenJob;
import io.threadmill.job.Webhook;
import io.threadmill.webhook.DeliveryRepository.Kept;
import io.threadmill.webhook.DeliveryRepository.Redelivery;
import io.threadmill.webhook.Subject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.client.codec.StringCodec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Deliveries on a real Redis: the script that records an end writes what tells it. */
class RedisDeliveriesIT {

  private static final String URL = "http://shop.example:8080/hooks";
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final Webhook ALL = new Webhook(URL, SECRET, Webhook.ENDS, false);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private QueueHarness store;
  private JobQueue a;

  @BeforeEach
  void open() {
    store = new QueueHarness();
    a = store.instance("a");
  }

  @AfterEach
  void close() {
    store.close();
  }

  private JobId submit(Webhook webhook) {
    return store.submit(aJob().withWebhook(webhook));
  }

  private List<Kept> deliveriesOf(JobId id) {
    return store.deliveries.of(Subject.job(id)).orElseThrow();
  }

  private JsonNode told(Kept delivery) {
    return JSON.readTree(delivery.job().params());
  }

  private TakenJob takeDelivery() {
    return a.take("webhook", 1).orElseThrow().getFirst();
  }

  private List<JobSnapshot> listed(String type) {
    return store.repository.list(new Filter(null, type, null), 100, null).jobs();
  }

  @Test
  void anEndAndItsDeliveryAreWrittenTogether() {
    JobId id = submit(ALL);
    assertThat(deliveriesOf(id)).isEmpty();
    store.record(a, store.takeOne(a), done("1"));
    Kept delivery = deliveriesOf(id).getFirst();
    assertThat(delivery.number()).isEqualTo(1);
    assertThat(delivery.receiver()).isEqualTo(ALL);
    assertThat(delivery.job().type()).isEqualTo("webhook");
    assertThat(delivery.job().state()).isEqualTo(JobState.QUEUED);
    assertThat(delivery.job().key()).isEqualTo("webhook:shop.example:8080");
    assertThat(told(delivery))
        .hasToString(
            "{\"job\":\"%s\",\"owner\":\"%s\",\"type\":\"rehearse\",\"run\":1,\"state\":\"succeeded\","
                    .formatted(id, id)
                + "\"at\":1800000000000,\"total\":0}");
    assertThat(store.job(id).state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void everyWayToEndIsTold() {
    JobId failed = submit(ALL);
    store.record(a, store.takeOne(a), new Ending.Failed(BROKEN));
    JobId cancelled = submit(ALL);
    store.repository.cancel(cancelled);
    JobId stopped = submit(ALL);
    TakenJob running = store.takeOne(a);
    store.repository.cancel(stopped);
    store.record(a, running, new Ending.Cancelled());
    JobId lost = submit(ALL);
    for (int i = 0; i < 3; i++) {
      JobQueue doomed = store.instance("doomed" + i);
      store.takeOne(doomed);
      store.advance(QueueHarness.LEASE.plusMillis(1));
      a.beat(List.of());
      a.sweep();
    }
    assertThat(List.of(failed, cancelled, stopped, lost))
        .extracting(id -> told(deliveriesOf(id).getFirst()).path("state").asString())
        .containsExactly("failed", "cancelled", "cancelled", "failed");
  }

  @Test
  void onlyTheEndsAskedForAreTold() {
    JobId id = submit(new Webhook(URL, SECRET, Set.of(JobState.FAILED), false));
    store.record(a, store.takeOne(a), done("1"));
    assertThat(deliveriesOf(id)).isEmpty();
    JobId other = submit(new Webhook(URL, SECRET, Set.of(JobState.FAILED), false));
    store.record(a, store.takeOne(a), new Ending.Failed(BROKEN));
    assertThat(deliveriesOf(other)).hasSize(1);
  }

  @Test
  void aLaterAttemptIsNoEndAndANewRunHasANewOne() {
    JobId id = submit(ALL);
    store.record(a, store.takeOne(a), new Ending.Retried(BROKEN, Duration.ofSeconds(1)));
    assertThat(deliveriesOf(id)).isEmpty();
    store.advance(Duration.ofSeconds(2));
    a.promote();
    store.record(a, store.takeOne(a), new Ending.Failed(BROKEN));
    store.repository.retry(id);
    store.record(a, store.takeOne(a), done("1"));
    assertThat(deliveriesOf(id))
        .extracting(d -> d.number() + " " + told(d).path("run") + " " + told(d).path("state"))
        .containsExactly("1 1 \"failed\"", "2 2 \"succeeded\"");
  }

  @Test
  void deliveriesCountAndAreListedApartAndTellNobodyOfTheirOwnEnd() {
    JobId id = submit(ALL);
    store.record(a, store.takeOne(a), done("1"));
    assertThat(listed(null)).extracting(JobSnapshot::id).containsExactly(id);
    assertThat(listed("webhook")).hasSize(1);
    assertThat(store.redisson.getMap("{tm}:cnt", StringCodec.INSTANCE).get("open")).isEqualTo("1");
    assertThat(store.take(a, 5)).as("another pool's").isEmpty();
    TakenJob delivery = takeDelivery();
    store.record(a, delivery, done("{\"status\":204}"));
    assertThat(store.deliveries.of(Subject.job(delivery.id())).orElseThrow()).isEmpty();
    assertThat(listed("webhook")).hasSize(1);
    assertThat(store.redisson.getMap("{tm}:cnt", StringCodec.INSTANCE).get("open")).isEqualTo("0");
  }

  @Test
  void aJobWithoutAWebhookCostsNoDelivery() {
    store.submit(aJob());
    store.record(a, store.takeOne(a), done("1"));
    assertThat(listed("webhook")).isEmpty();
  }

  @Test
  void aDeadAMadeAndAWaitingDeliveryAreDeliveredAgain() {
    JobId id = submit(ALL);
    store.record(a, store.takeOne(a), done("1"));
    store.record(a, takeDelivery(), new Ending.Retried(BROKEN, Duration.ofHours(2)));
    assertThat(deliveriesOf(id).getFirst().job().state()).isEqualTo(JobState.SCHEDULED);
    assertThat(store.deliveries.redeliver(Subject.job(id), 1)).isEqualTo(Redelivery.QUEUED);
    TakenJob waited = takeDelivery();
    assertThat(waited.run()).as("a schedule of its own").isEqualTo(2);
    assertThat(waited.failedAttempts()).isZero();
    store.record(a, waited, new Ending.Failed(BROKEN));
    assertThat(deliveriesOf(id).getFirst().job().state()).isEqualTo(JobState.FAILED);
    assertThat(store.deliveries.redeliver(Subject.job(id), 1)).isEqualTo(Redelivery.QUEUED);
    assertThat(store.deliveries.redeliver(Subject.job(id), 1))
        .as("under way")
        .isEqualTo(Redelivery.QUEUED);
    TakenJob dead = takeDelivery();
    assertThat(dead.run()).isEqualTo(3);
    assertThat(dead.failedAttempts()).isZero();
    store.record(a, dead, done("{\"status\":204}"));
    assertThat(store.deliveries.redeliver(Subject.job(id), 1)).isEqualTo(Redelivery.QUEUED);
    TakenJob made = takeDelivery();
    assertThat(made.id()).as("the same webhook-id").isEqualTo(waited.id()).isEqualTo(dead.id());
    assertThat(made.run()).isEqualTo(4);
    assertThat(store.repository.counts().get("webhook").get(JobState.RUNNING)).isEqualTo(1);
    assertThat(store.deliveries.redeliver(Subject.job(id), 2)).isEqualTo(Redelivery.NO_DELIVERY);
    assertThat(store.deliveries.redeliver(Subject.job(new JobId("0".repeat(26))), 1))
        .isEqualTo(Redelivery.NO_SUBJECT);
  }

  @Test
  void whatIsDeletedLeavesNothingBehind() {
    JobId id = submit(ALL);
    store.record(a, store.takeOne(a), done("1"));
    store.record(a, takeDelivery(), done("{\"status\":204}"));
    store.repository.delete(id);
    assertThat(store.deliveries.of(Subject.job(id))).isEmpty();
    store.advance(Duration.ofHours(2));
    a.expire();
    assertThat(store.redisson.getKeys().getKeysStream().filter(key -> key.matches(".*:(j|dl):.*")))
        .isEmpty();
    assertThat(listed("webhook")).isEmpty();
    assertThat(store.redisson.getMap("{tm}:cnt", StringCodec.INSTANCE).get("bytes")).isEqualTo("0");
  }

  /** The pauses between tries are the delivery's own: the job's policy must not be the longer. */
  @Test
  void noTryIsHeldUpByTheJobsOwnBackOff() {
    submit(ALL);
    store.record(a, store.takeOne(a), done("1"));
    RetryPolicy policy = takeDelivery().retry();
    assertThat(policy.allowsAnotherAfter(20)).as("as many retries as may be set").isTrue();
    assertThat(policy.pauseAfter(10, new SplittableRandom(1))).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void oneThatIsListedNoMoreIsStillDeliveredAgain() {
    JobId id = submit(ALL);
    for (int run = 1; run <= 101; run++) {
      if (run > 1) {
        store.repository.retry(id);
      }
      store.record(a, store.takeOne(a), new Ending.Failed(BROKEN));
    }
    assertThat(deliveriesOf(id)).hasSize(100).first().extracting(Kept::number).isEqualTo(2);
    TakenJob oldest = takeDelivery();
    store.record(a, oldest, done("{\"status\":204}"));
    assertThat(store.deliveries.redeliver(Subject.job(id), 1)).isEqualTo(Redelivery.QUEUED);
    Kept again = store.deliveries.one(Subject.job(id), 1).orElseThrow();
    assertThat(again.number()).isEqualTo(1);
    assertThat(again.job().id()).isEqualTo(oldest.id());
    assertThat(again.job().state()).isEqualTo(JobState.QUEUED);
    assertThat(store.deliveries.one(Subject.job(id), 102)).isEmpty();
  }

  @Test
  void theSecretStandsNowhereThatIsReadBack() {
    JobId id = submit(ALL);
    store.record(a, store.takeOne(a), done("1"));
    Kept delivery = deliveriesOf(id).getFirst();
    for (Object shown :
        List.of(store.job(id), delivery, store.job(delivery.job().id()), listed("webhook"))) {
      assertThat(shown.toString()).doesNotContain("MfKQ9r8");
    }
  }
}
