package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.BROKEN;
import static io.threadmill.redis.QueueHarness.aJob;
import static io.threadmill.redis.QueueHarness.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.batch.Batch;
import io.threadmill.batch.BatchRepository.Close;
import io.threadmill.batch.BatchRepository.InvalidRow;
import io.threadmill.batch.BatchRepository.ValidRow;
import io.threadmill.job.Ending;
import io.threadmill.job.JobError;
import io.threadmill.job.JobId;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobRepository.ChangeAnswer;
import io.threadmill.job.JobRepository.Filter;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSpec;
import io.threadmill.job.JobState;
import io.threadmill.job.TakenJob;
import io.threadmill.job.Webhook;
import io.threadmill.webhook.DeliveryRepository.Kept;
import io.threadmill.webhook.DeliveryRepository.Redelivery;
import io.threadmill.webhook.Subject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Deliveries of batches and of their rows, on a real Redis. */
class RedisBatchDeliveriesIT {

  private static final String URL = "http://shop.example:8080/hooks";
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final Webhook ALL = new Webhook(URL, SECRET, Webhook.ENDS, false);
  private static final Webhook EACH = new Webhook(URL, SECRET, Webhook.ENDS, true);
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
  void anOwnerWhoseReceiverIsGoneGetsNoMoreDeliveries() {
    JobSpec frame = aJob().withWebhook(EACH).build();
    JobId batch = batch(frame, 2);
    store.record(a, store.takeOne(a), done("1"));
    store.deliveries.setGone(batch);
    store.record(a, store.takeOne(a), done("2"));
    assertThat(listed("webhook")).hasSize(1);
    store.deliveries.clearGone(batch);
    assertThat(store.deliveries.gone(batch)).isFalse();
  }

  private JobId batch(JobSpec frame, int rows) {
    JobId id = store.batches.open(frame, false, null).id();
    store.batches.append(id, frame, 1, java.util.Collections.nCopies(rows, new ValidRow(frame)));
    store.batches.close(id, Close.WHOLE);
    return id;
  }

  @Test
  void aBatchIsToldOnceAtItsEnd() {
    JobSpec frame = aJob().withWebhook(ALL).build();
    JobId batch = batch(frame, 2);
    List<TakenJob> rows = store.take(a, 5);
    store.record(a, rows.get(0), done("1"));
    assertThat(listed("webhook")).isEmpty();
    store.record(a, rows.get(1), new Ending.Failed(BROKEN));
    assertThat(listed("webhook")).hasSize(1);
    List<JobId> deliveries = store.batches.find(batch).orElseThrow().deliveries();
    assertThat(deliveries).hasSize(1);
    JsonNode told = JSON.readTree(store.job(deliveries.getFirst()).params());
    assertThat(told)
        .hasToString(
            "{\"batch\":\"%s\",\"owner\":\"%s\",\"run\":0,\"state\":\"failed\",\"at\":1800000000000,"
                    .formatted(batch, batch)
                + "\"total\":2,\"counts\":{\"succeeded\":1,\"failed\":1,\"cancelled\":0}}");
    store.batches.retry(batch);
    a.promote();
    walk();
    store.record(a, store.takeOne(a), done("2"));
    assertThat(store.batches.find(batch).orElseThrow().deliveries()).hasSize(2);
  }

  @Test
  void aBatchWhoseRetriedRowsEndBeforeTheLastIsQueuedEndsOnce() {
    JobSpec frame = aJob().withWebhook(ALL).build();
    JobId batch = batch(frame, 450);
    for (int i = 0; i < 450; i++) {
      boolean breaks = i == 0 || i == 449;
      store.record(a, store.takeOne(a), breaks ? new Ending.Failed(BROKEN) : done("1"));
    }
    assertThat(told(batch)).hasSize(1);
    store.advance(Duration.ofSeconds(1));

    assertThat(store.batches.retry(batch)).isEqualTo(ChangeAnswer.CHANGED);
    assertThat(state(batch)).as("before any row follows").isEqualTo(Batch.State.RUNNING);
    assertThat(store.batches.find(batch).orElseThrow().finishedAt()).isNull();
    assertThat(store.batches.delete(batch)).isEqualTo(ChangeAnswer.CONFLICT);

    step();
    store.record(a, store.takeOne(a), done("2"));
    assertThat(state(batch)).as("the last row is still to come").isEqualTo(Batch.State.RUNNING);
    step();
    assertThat(state(batch)).isEqualTo(Batch.State.RUNNING);
    step();
    store.record(a, store.takeOne(a), done("2"));
    assertThat(state(batch)).isEqualTo(Batch.State.FINISHED);
    assertThat(told(batch)).as("told once more").hasSize(2);
    assertThat(store.batches.retry(batch)).isEqualTo(ChangeAnswer.CONFLICT);
  }

  @Test
  void aBatchWhoseRetriedRowsHaveAllEndedEndsWithTheWalk() {
    JobSpec frame = aJob().withWebhook(ALL).build();
    JobId batch = batch(frame, 300);
    for (int i = 0; i < 300; i++) {
      store.record(a, store.takeOne(a), i == 0 ? new Ending.Failed(BROKEN) : done("1"));
    }
    store.batches.retry(batch);
    step();
    store.record(a, store.takeOne(a), done("2"));
    assertThat(state(batch)).isEqualTo(Batch.State.RUNNING);
    step();
    assertThat(state(batch)).isEqualTo(Batch.State.FINISHED);
    assertThat(told(batch)).hasSize(2);
  }

  @Test
  void aRetryThatIsCancelledBeforeItsRowsAreQueuedEndsOnce() {
    JobSpec frame = aJob().withWebhook(ALL).build();
    JobId batch = batch(frame, 1);
    store.record(a, store.takeOne(a), new Ending.Failed(BROKEN));
    store.batches.retry(batch);
    assertThat(store.batches.cancel(batch)).isEqualTo(ChangeAnswer.CHANGED);
    assertThat(state(batch)).isEqualTo(Batch.State.CANCELLING);
    walk();
    assertThat(state(batch)).isEqualTo(Batch.State.CANCELLED);
    assertThat(told(batch)).hasSize(2);
  }

  private Batch.State state(JobId batch) {
    return store.batches.find(batch).orElseThrow().state();
  }

  private List<JobId> told(JobId batch) {
    return store.batches.find(batch).orElseThrow().deliveries();
  }

  /** One call of the walk over a batch's rows. */
  private long step() {
    return store.scripts.repeatedNumber(RedisScripts.Script.BATCH_WALK, List.of("200", "3600000"));
  }

  @Test
  void aBatchsDeliveriesAreReadAndDeliveredAgainAsAJobsAre() {
    JobId batch = batch(aJob().withWebhook(ALL).build(), 1);
    assertThat(store.deliveries.of(Subject.batch(batch)).orElseThrow()).isEmpty();
    store.record(a, store.takeOne(a), done("1"));
    store.record(a, takeDelivery(), new Ending.Failed(BROKEN));
    Kept dead = store.deliveries.of(Subject.batch(batch)).orElseThrow().getFirst();
    assertThat(dead.number()).isEqualTo(1);
    assertThat(dead.job().state()).isEqualTo(JobState.FAILED);
    assertThat(store.deliveries.redeliver(Subject.batch(batch), 1)).isEqualTo(Redelivery.QUEUED);
    assertThat(takeDelivery().id()).isEqualTo(dead.job().id());
    assertThat(store.deliveries.redeliver(Subject.batch(batch), 2))
        .isEqualTo(Redelivery.NO_DELIVERY);
    assertThat(store.deliveries.of(Subject.job(batch))).as("a batch is no job").isEmpty();
    assertThat(store.deliveries.redeliver(Subject.job(batch), 1)).isEqualTo(Redelivery.NO_SUBJECT);
    store.batches.delete(batch);
    assertThat(store.deliveries.of(Subject.batch(batch))).isEmpty();
  }

  private void walk() {
    while (step() > 0) {}
  }

  @Test
  void aCancelledBatchIsToldAsCancelled() {
    JobId batch = batch(aJob().withWebhook(ALL).build(), 3);
    store.batches.cancel(batch);
    walk();
    JobId delivery = store.batches.find(batch).orElseThrow().deliveries().getFirst();
    assertThat(store.job(delivery).params()).contains("\"state\":\"cancelled\"");
  }

  @Test
  void eachRowIsToldWhereThatIsAskedFor() {
    JobSpec frame = aJob().withWebhook(EACH).build();
    JobId batch = store.batches.open(frame, false, null).id();
    store.batches.append(
        batch,
        frame,
        1,
        List.of(
            new ValidRow(frame),
            new InvalidRow("{}", JobError.terminal("invalid-item", "Bad", "bad"))));
    store.batches.close(batch, Close.WHOLE);
    TakenJob row = store.takeOne(a);
    assertThat(deliveriesOf(row.id())).isEmpty();
    store.record(a, row, done("1"));
    Kept delivery = deliveriesOf(row.id()).getFirst();
    assertThat(delivery.receiver()).isEqualTo(EACH);
    assertThat(told(delivery).path("owner").asString()).isEqualTo(batch.value());
    assertThat(listed("webhook")).as("the bad row too, and the batch itself not").hasSize(2);
    assertThat(store.batches.find(batch).orElseThrow().deliveries()).isEmpty();
  }

  @Test
  void aBatchThatIsGivenUpTellsNothing() {
    JobSpec frame = aJob().withWebhook(ALL).build();
    JobId batch = store.batches.open(frame, true, null).id();
    store.batches.close(batch, Close.DROP);
    walk();
    assertThat(listed("webhook")).isEmpty();
  }
}
