package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.BROKEN;
import static io.threadmill.redis.QueueHarness.aJob;
import static io.threadmill.redis.QueueHarness.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.threadmill.batch.Batch;
import io.threadmill.batch.BatchRepository.Appended;
import io.threadmill.batch.BatchRepository.Close;
import io.threadmill.batch.BatchRepository.Detail;
import io.threadmill.batch.BatchRepository.InvalidRow;
import io.threadmill.batch.BatchRepository.Opened;
import io.threadmill.batch.BatchRepository.Order;
import io.threadmill.batch.BatchRepository.Positioned;
import io.threadmill.batch.BatchRepository.Row;
import io.threadmill.batch.BatchRepository.ValidRow;
import io.threadmill.job.BacklogFull;
import io.threadmill.job.Ending;
import io.threadmill.job.IdempotencyConflict;
import io.threadmill.job.JobError;
import io.threadmill.job.JobId;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobRepository.ChangeAnswer;
import io.threadmill.job.JobRepository.Idempotency;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSpec;
import io.threadmill.job.JobState;
import io.threadmill.job.TakenJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches on a real Redis: every item is a row, and the counts add up at every moment. */
class RedisBatchIT {

  private static final JobSpec FRAME = aJob().build();

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

  private JobId opened(boolean atomic) {
    return store.batches.open(FRAME, atomic, null).id();
  }

  private static List<Row> rows(int count) {
    return Collections.nCopies(count, new ValidRow(FRAME));
  }

  private static Row invalid() {
    return new InvalidRow(
        "{\"x\":1}", JobError.terminal("invalid-item", "The item is not valid", "/x is not known"));
  }

  private Batch batch(JobId id) {
    Batch batch = store.batches.find(id).orElseThrow();
    assertThat(batch.counts().values().stream().mapToLong(Long::longValue).sum())
        .as("total equals the sum of the counts: %s", batch)
        .isEqualTo(batch.total());
    return batch;
  }

  private List<Positioned> rows(JobId id, Order order, long from, int most) {
    return store.batches.rows(id, order, from, most, Detail.WHOLE).orElseThrow().rows();
  }

  private List<JobSnapshot> completed(JobId id) {
    return rows(id, Order.COMPLETED, 0, 100).stream().map(Positioned::job).toList();
  }

  private void settle() {
    for (int round = 0; round < 100; round++) {
      a.walkBatches();
    }
  }

  @Test
  void aBatchRunsWhileItsLinesComeInAndEndsOnce() {
    JobId id = opened(false);
    assertThat(store.batches.append(id, FRAME, 1, rows(2))).isEqualTo(Appended.RUNNABLE);
    List<TakenJob> first = store.take(a, 5);
    assertThat(first).hasSize(2);
    assertThat(batch(id).counts()).containsEntry(JobState.RUNNING, 2L);
    store.record(a, first.get(1), done("2"));
    store.record(a, first.get(0), done("1"));
    assertThat(batch(id).state()).isEqualTo(Batch.State.OPEN);
    store.batches.append(id, FRAME, 2, List.of(new ValidRow(FRAME), invalid()));
    assertThat(store.batches.close(id, Close.WHOLE)).isTrue();
    assertThat(store.batches.close(id, Close.CUT)).as("only once").isFalse();
    assertThat(batch(id).state()).isEqualTo(Batch.State.RUNNING);
    store.record(a, store.takeOne(a), new Ending.Failed(BROKEN));
    Batch ended = batch(id);
    assertThat(ended.state()).isEqualTo(Batch.State.FINISHED);
    assertThat(ended.total()).isEqualTo(4);
    assertThat(ended.truncated()).isFalse();
    assertThat(ended.finishedAt()).isNotNull();
    assertThat(completed(id))
        .extracting(job -> job.batch().index())
        .as("in the order of their ends")
        .containsExactly(1, 0, 3, 2);
    assertThat(rows(id, Order.SUBMITTED, 1, 2))
        .extracting(row -> row.job().batch().index())
        .containsExactly(1, 2);
    JobSnapshot row = completed(id).getFirst();
    assertThat(row.batch().batch()).isEqualTo(id);
    assertThat(row.result().json()).isEqualTo("2");
    assertThat(row.expiresAt()).isEqualTo(ended.expiresAt());
    assertThat(store.repository.find(row.id())).hasValue(row);
  }

  @Test
  void aChunkSentTwiceAddsItsRowsOnce() {
    JobId id = opened(false);
    store.batches.append(id, FRAME, 1, rows(3));
    assertThat(store.batches.append(id, FRAME, 1, rows(3))).isEqualTo(Appended.RUNNABLE);
    assertThat(batch(id).total()).isEqualTo(3);
    assertThat(store.take(a, 10)).hasSize(3);
  }

  @Test
  void theSameKeyOpensOneBatch() {
    var key = new Idempotency("scope", "key", "f".repeat(64));
    Opened first = store.batches.open(FRAME, false, key);
    assertThat(store.batches.open(FRAME, false, key)).isEqualTo(new Opened(first.id(), true));
    assertThatThrownBy(
            () -> store.batches.open(FRAME, false, new Idempotency("scope", "key", "0".repeat(64))))
        .isInstanceOf(IdempotencyConflict.class);
  }

  @Test
  void theKeyOfABatchThatIsGoneOpensAnother() {
    var key = new Idempotency("scope", "key", "f".repeat(64));
    JobId refused = store.batches.open(FRAME, true, key).id();
    store.batches.append(refused, FRAME, 1, rows(1));
    store.batches.close(refused, Close.DROP);
    Opened again = store.batches.open(FRAME, true, key);
    assertThat(again.replayed()).isFalse();
    assertThat(again.id()).isNotEqualTo(refused);
    assertThat(store.batches.open(FRAME, true, key)).isEqualTo(new Opened(again.id(), true));
  }

  @Test
  void aRowIsNotRetriedWhileItsBatchIsBeingCancelled() {
    JobId id = opened(false);
    store.batches.append(id, FRAME, 1, rows(300));
    store.batches.close(id, Close.WHOLE);
    List<TakenJob> taken = store.take(a, 2);
    store.record(a, taken.getFirst(), new Ending.Failed(BROKEN));
    JobId failed = taken.getFirst().id();
    store.batches.cancel(id);
    assertThat(store.repository.retry(failed)).as("walked").isEqualTo(ChangeAnswer.CONFLICT);
    settle();
    assertThat(store.repository.retry(failed)).as("stopping").isEqualTo(ChangeAnswer.CONFLICT);
    assertThat(batch(id).state()).isEqualTo(Batch.State.CANCELLING);
    store.record(a, taken.getLast(), new Ending.Cancelled());
    assertThat(batch(id).state()).isEqualTo(Batch.State.CANCELLED);
    assertThat(store.repository.retry(failed)).isEqualTo(ChangeAnswer.CHANGED);
    assertThat(batch(id).state()).isEqualTo(Batch.State.RUNNING);
  }

  @Test
  void aFullBacklogTakesNoRows() {
    JobId id = opened(false);
    assertThatThrownBy(() -> store.batches.append(id, FRAME, 1, rows(1001)))
        .isInstanceOf(BacklogFull.class);
    assertThat(batch(id).total()).isZero();
  }

  @Test
  void rowsThatFailAreRetriedTogetherAndTheBatchRunsAgain() {
    JobId id = opened(false);
    store.batches.append(
        id, FRAME, 1, List.of(new ValidRow(FRAME), new ValidRow(FRAME), invalid()));
    store.batches.close(id, Close.WHOLE);
    List<TakenJob> taken = store.take(a, 5);
    store.record(a, taken.get(0), new Ending.Failed(BROKEN));
    store.record(a, taken.get(1), done("1"));
    assertThat(batch(id).state()).isEqualTo(Batch.State.FINISHED);
    assertThat(store.batches.retry(id)).isEqualTo(ChangeAnswer.CHANGED);
    settle();
    assertThat(batch(id).state()).isEqualTo(Batch.State.RUNNING);
    assertThat(completed(id)).as("what runs again has not ended").hasSize(2);
    TakenJob again = store.takeOne(a);
    assertThat(again.id()).isEqualTo(taken.getFirst().id());
    store.record(a, again, done("3"));
    assertThat(batch(id).state()).isEqualTo(Batch.State.FINISHED);
    assertThat(batch(id).counts())
        .containsEntry(JobState.SUCCEEDED, 2L)
        .as("a row that was not valid is no better the next time")
        .containsEntry(JobState.FAILED, 1L);
    assertThat(completed(id)).extracting(JobSnapshot::run).containsExactly(1, 1, 2);
  }

  @Test
  void aBatchWhoseOnlyFailuresAreInvalidItemsHasNothingToRetry() {
    JobId id = opened(false);
    store.batches.append(id, FRAME, 1, List.of(new ValidRow(FRAME), invalid()));
    store.batches.append(id, FRAME, 2, List.of(invalid()));
    store.batches.close(id, Close.WHOLE);
    store.record(a, store.takeOne(a), done("1"));
    Batch ended = batch(id);
    assertThat(store.batches.retry(id)).isEqualTo(ChangeAnswer.CONFLICT);
    assertThat(batch(id)).isEqualTo(ended);
  }

  @Test
  void aCancelledBatchStopsWhatRunsAndEndsWhatWaits() {
    JobId id = opened(false);
    store.batches.append(id, FRAME, 1, rows(500));
    store.batches.close(id, Close.WHOLE);
    TakenJob running = store.takeOne(a);
    assertThat(store.batches.cancel(id)).isEqualTo(ChangeAnswer.CHANGED);
    assertThat(batch(id).state()).isEqualTo(Batch.State.CANCELLING);
    settle();
    assertThat(a.cancellations()).containsExactly(running.id());
    assertThat(batch(id).counts()).containsEntry(JobState.CANCELLED, 499L);
    assertThat(batch(id).state()).isEqualTo(Batch.State.CANCELLING);
    store.record(a, running, new Ending.Cancelled());
    assertThat(batch(id).state()).isEqualTo(Batch.State.CANCELLED);
    assertThat(store.batches.cancel(id)).isEqualTo(ChangeAnswer.CHANGED);
  }

  @Test
  void itemsThatComeAfterACancelAreCancelledRows() {
    for (boolean atomic : new boolean[] {false, true}) {
      JobId id = opened(atomic);
      store.batches.append(id, FRAME, 1, rows(2));
      store.batches.cancel(id);
      List<Row> late = List.of(new ValidRow(FRAME), invalid(), new ValidRow(FRAME));
      assertThat(store.batches.append(id, FRAME, 2, late)).isEqualTo(Appended.CANCELLED);
      assertThat(store.batches.append(id, FRAME, 2, late)).isEqualTo(Appended.CANCELLED);
      settle();
      assertThat(batch(id).state()).isEqualTo(Batch.State.CANCELLING);
      store.batches.append(id, FRAME, 3, rows(1));
      store.batches.close(id, Close.WHOLE);
      settle();
      Batch ended = batch(id);
      assertThat(ended.state()).isEqualTo(Batch.State.CANCELLED);
      assertThat(ended.total()).isEqualTo(6);
      assertThat(ended.counts())
          .containsEntry(JobState.CANCELLED, 5L)
          .containsEntry(JobState.FAILED, 1L);
      assertThat(ended.truncated()).isFalse();
      assertThat(completed(id)).extracting(job -> job.batch().index()).hasSize(6);
      assertThat(store.take(a, 5)).isEmpty();
      JobId late3 = completed(id).getLast().id();
      assertThat(store.repository.retry(late3)).isEqualTo(ChangeAnswer.CHANGED);
      store.record(a, store.takeOne(a), done("1"));
      assertThat(batch(id).counts()).containsEntry(JobState.SUCCEEDED, 1L);
    }
    assertThat(count("open")).isEqualTo("0");
    assertThat(count("rehearse|cancelled")).isEqualTo("8");
  }

  private String count(String field) {
    return store
        .redisson
        .<String, String>getMap("{tm}:cnt", org.redisson.client.codec.StringCodec.INSTANCE)
        .get(field);
  }

  @Test
  void aRetryWhileAnAtomicBatchIsLetGoLeavesNoRowBehind() {
    JobId id = opened(true);
    store.batches.append(id, FRAME, 1, rows(250));
    store.batches.append(id, FRAME, 2, rows(250));
    store.batches.close(id, Close.WHOLE);
    a.walkBatches(); // lets go the first of them
    store.record(a, store.takeOne(a), new Ending.Failed(BROKEN));
    assertThat(store.batches.retry(id)).isEqualTo(ChangeAnswer.CHANGED);
    settle();
    Batch running = batch(id);
    assertThat(running.counts()).containsEntry(JobState.QUEUED, 500L);
    int ran = 0;
    for (List<TakenJob> taken = store.take(a, 100); !taken.isEmpty(); ) {
      for (TakenJob job : taken) {
        store.record(a, job, done("1"));
        ran++;
      }
      taken = store.take(a, 100);
    }
    assertThat(ran).isEqualTo(500);
    assertThat(batch(id).state()).isEqualTo(Batch.State.FINISHED);
  }

  @Test
  void aHeldRowThatWasCancelledIsNotQueuedAgainBesideItsRelease() {
    JobId id = opened(true);
    store.batches.append(id, FRAME, 1, rows(2));
    JobId row = rows(id, Order.SUBMITTED, 0, 1).getFirst().job().id();
    store.repository.cancel(row);
    assertThat(store.repository.retry(row)).as("held").isEqualTo(ChangeAnswer.CONFLICT);
    store.batches.close(id, Close.WHOLE);
    assertThat(store.repository.retry(row)).as("being let go").isEqualTo(ChangeAnswer.CONFLICT);
    settle();
    assertThat(store.repository.retry(row)).isEqualTo(ChangeAnswer.CHANGED);
    List<TakenJob> taken = store.take(a, 5);
    assertThat(taken).hasSize(2);
    settle();
    assertThat(store.take(store.instance("b"), 5)).isEmpty();
    taken.forEach(job -> store.record(a, job, done("1")));
    assertThat(batch(id).counts()).containsEntry(JobState.SUCCEEDED, 2L);
  }

  @Test
  void anAtomicBatchRunsOnlyWhenItIsWhole() {
    JobId whole = opened(true);
    store.batches.append(whole, FRAME, 1, rows(300));
    assertThat(store.take(a, 5)).isEmpty();
    store.batches.close(whole, Close.WHOLE);
    settle();
    assertThat(store.take(a, 128)).hasSize(128);

    JobId cut = opened(true);
    store.batches.append(cut, FRAME, 1, rows(3));
    store.batches.close(cut, Close.CUT);
    settle();
    Batch ended = batch(cut);
    assertThat(ended.truncated()).isTrue();
    assertThat(ended.state()).isEqualTo(Batch.State.CANCELLED);
    assertThat(ended.counts()).containsEntry(JobState.CANCELLED, 3L);

    JobId dropped = opened(true);
    store.batches.append(dropped, FRAME, 1, rows(300));
    JobId row = rows(dropped, Order.SUBMITTED, 0, 1).getFirst().job().id();
    store.batches.close(dropped, Close.DROP);
    assertThat(store.batches.find(dropped)).isEmpty();
    settle();
    assertThat(store.repository.find(row)).isEmpty();
  }

  @Test
  void aBatchWhoseLinesStopComingIsClosedAsCutOff() {
    JobId id = opened(false);
    store.batches.append(id, FRAME, 1, rows(1));
    store.record(a, store.takeOne(a), done("1"));
    store.advance(Duration.ofSeconds(121));
    settle();
    Batch closed = batch(id);
    assertThat(closed.truncated()).isTrue();
    assertThat(closed.state()).isEqualTo(Batch.State.FINISHED);
    assertThat(store.batches.append(id, FRAME, 2, rows(1))).isEqualTo(Appended.CUT_OFF);
  }

  @Test
  void aBatchOfWhichMoreMayComeIsNotClosed() {
    JobId id = opened(false);
    store.batches.append(id, FRAME, 1, rows(1));
    for (int i = 0; i < 3; i++) {
      store.advance(Duration.ofSeconds(100));
      assertThat(store.batches.append(id, FRAME, 2, List.of())).isEqualTo(Appended.RUNNABLE);
      settle();
    }
    assertThat(batch(id).state()).isEqualTo(Batch.State.OPEN);
    assertThat(store.batches.append(id, FRAME, 2, rows(1))).isEqualTo(Appended.RUNNABLE);
    assertThat(batch(id).total()).isEqualTo(2);
    store.batches.close(id, Close.CUT);
    assertThat(store.batches.append(id, FRAME, 3, List.of())).isEqualTo(Appended.CUT_OFF);
  }

  @Test
  void aRowIsRetriedAndCancelledAloneButNotDeleted() {
    JobId id = opened(false);
    store.batches.append(id, FRAME, 1, rows(1));
    store.batches.close(id, Close.WHOLE);
    JobId row = rows(id, Order.SUBMITTED, 0, 1).getFirst().job().id();
    store.repository.cancel(row);
    assertThat(batch(id).state()).isEqualTo(Batch.State.FINISHED);
    assertThat(store.repository.delete(row)).isEqualTo(ChangeAnswer.CONFLICT);
    store.repository.retry(row);
    assertThat(batch(id).state()).isEqualTo(Batch.State.RUNNING);
    assertThat(store.batches.delete(id)).isEqualTo(ChangeAnswer.CONFLICT);
    store.record(a, store.takeOne(a), done("1"));
    assertThat(batch(id).state()).isEqualTo(Batch.State.FINISHED);
  }

  @Test
  void nothingIsLeftOfABatchThatWasDeletedOrHasExpired() {
    var ids = new ArrayList<JobId>();
    for (int i = 0; i < 2; i++) {
      JobId id = opened(false);
      ids.add(id);
      store.batches.append(id, FRAME, 1, rows(250));
      store.batches.close(id, Close.WHOLE);
    }
    store.take(a, 128).forEach(job -> store.record(a, job, done("1")));
    store.take(a, 128).forEach(job -> store.record(a, job, done("1")));
    ids.forEach(store.batches::cancel);
    settle();
    assertThat(store.batches.list(10, null).batches())
        .extracting(Batch::id)
        .isEqualTo(ids.reversed());
    assertThat(store.batches.delete(ids.getFirst())).isEqualTo(ChangeAnswer.CHANGED);
    assertThat(store.batches.find(ids.getFirst())).isEmpty();
    store.advance(Duration.ofHours(2));
    a.beat(List.of());
    while (a.expire() > 0) {}
    settle();
    assertThat(store.redisson.getKeys().getKeysStream().map(key -> key.substring(5)))
        .noneMatch(key -> key.matches("(j|b|bi|bd|o|lane):.*|bwalk|bopen|ended|x:batches"));
    Map<Object, Object> counts =
        store
            .redisson
            .getMap("{tm}:cnt", org.redisson.client.codec.StringCodec.INSTANCE)
            .readAllMap();
    assertThat(counts.values()).containsOnly("0");
  }

  @Test
  void aLargeResultIsReadOnlyWhenItIsAskedForAndAHeadHasNone() {
    String large = "\"" + "x".repeat(100_000) + "\"";
    JobId id = opened(false);
    store.batches.append(id, FRAME, 1, rows(2));
    store.batches.close(id, Close.WHOLE);
    store.record(a, store.takeOne(a), done(large));
    store.record(a, store.takeOne(a), done("[7]"));
    JobSnapshot row = completed(id).getFirst();
    assertThat(row.result().json()).as("read with its page").isNull();
    assertThat(row.result().bytes()).isEqualTo(large.length());
    assertThat(store.batches.filled(row).orElseThrow().result().json()).isEqualTo(large);
    assertThat(store.batches.rows(id, Order.COMPLETED, 0, 2, Detail.HEAD).orElseThrow().rows())
        .extracting(Positioned::job)
        .allSatisfy(head -> {
          assertThat(head.state()).isEqualTo(JobState.SUCCEEDED);
          assertThat(head.result()).isNull();
          assertThat(head.params()).isEqualTo("{}");
          assertThat(head.batch().batch()).isEqualTo(id);
        });
  }

  @Test
  void aBatchThatIsGoneHasNoRowsNotEvenNone() {
    JobId id = opened(false);
    store.batches.append(id, FRAME, 1, rows(1));
    store.batches.close(id, Close.WHOLE);
    String large = "\"" + "x".repeat(100_000) + "\"";
    store.record(a, store.takeOne(a), done(large));
    JobSnapshot row = completed(id).getFirst();
    store.batches.delete(id);
    assertThat(store.batches.rows(id, Order.COMPLETED, 0, 1, Detail.WHOLE)).isEmpty();
    settle();
    assertThat(store.batches.rows(id, Order.COMPLETED, 0, 1, Detail.WHOLE)).isEmpty();
    assertThat(store.batches.filled(row)).as("a result that went with its batch").isEmpty();
  }
}
