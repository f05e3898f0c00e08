package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.aJob;
import static io.threadmill.redis.QueueHarness.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.JobId;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobRepository.Changed;
import io.threadmill.job.JobRepository.Filter;
import io.threadmill.job.JobState;
import io.threadmill.job.TakenJob;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cancel and retry of what a filter asks for, on a real Redis. */
class ChangeByFilterIT {

  private QueueHarness store;
  private JobQueue a;

  @BeforeEach
  void open() {
    store = new QueueHarness(50_000);
    a = store.instance("a");
  }

  @AfterEach
  void close() {
    store.close();
  }

  private int cancelAll(Filter filter) {
    int changed = 0;
    String cursor = null;
    do {
      Changed some = store.repository.cancelSome(filter, 10_000, cursor);
      changed += some.jobs();
      cursor = some.next();
    } while (cursor != null);
    return changed;
  }

  private int retryAll(Filter filter) {
    int changed = 0;
    String cursor = null;
    do {
      Changed some = store.repository.retrySome(filter, 10_000, cursor);
      changed += some.jobs();
      cursor = some.next();
    } while (cursor != null);
    return changed;
  }

  private static Filter tagged(String tag, @Nullable JobState state, @Nullable String type) {
    return new Filter(state, type, tag);
  }

  @Test
  void whatCannotBeChangedIsPassedOverAndASecondCallChangesNothing() {
    JobId done = store.submit(aJob().tagged("t"));
    store.record(a, store.takeOne(a), done("1"));
    JobId running = store.submit(aJob().tagged("t"));
    TakenJob taken = store.takeOne(a);
    JobId queued = store.submit(aJob().tagged("t"));
    JobId scheduled = store.submit(aJob().tagged("t").delayed(Duration.ofHours(1)));
    JobId other = store.submit(aJob().tagged("u"));

    assertThat(cancelAll(tagged("t", null, null))).isEqualTo(3);
    assertThat(cancelAll(tagged("t", null, null))).isZero();
    assertThat(store.state(done)).isEqualTo(JobState.SUCCEEDED);
    assertThat(store.state(running)).isEqualTo(JobState.RUNNING);
    assertThat(a.cancellations()).containsExactly(running);
    assertThat(store.state(queued)).isEqualTo(JobState.CANCELLED);
    assertThat(store.state(scheduled)).isEqualTo(JobState.CANCELLED);
    assertThat(store.state(other)).isEqualTo(JobState.QUEUED);

    store.record(a, taken, done("1"));
    assertThat(retryAll(tagged("t", null, null))).isEqualTo(2);
    assertThat(retryAll(tagged("t", null, null))).isZero();
    assertThat(store.state(queued)).isEqualTo(JobState.QUEUED);
    assertThat(store.job(queued).run()).isEqualTo(2);
  }

  @Test
  void theStateAndTheTypeAskedForDecide() {
    JobId scheduled = store.submit(aJob().tagged("t").delayed(Duration.ofHours(1)));
    JobId odd = store.submit(aJob().tagged("t").ofType("odd"));
    JobId queued = store.submit(aJob().tagged("t"));
    assertThat(cancelAll(tagged("t", JobState.SCHEDULED, null))).isEqualTo(1);
    assertThat(cancelAll(tagged("t", null, "odd"))).isEqualTo(1);
    assertThat(cancelAll(tagged("t", JobState.RUNNING, null))).isZero();
    assertThat(store.state(scheduled)).isEqualTo(JobState.CANCELLED);
    assertThat(store.state(odd)).isEqualTo(JobState.CANCELLED);
    assertThat(store.state(queued)).isEqualTo(JobState.QUEUED);
    assertThat(retryAll(new Filter(JobState.CANCELLED, "odd", null))).isEqualTo(1);
    assertThat(store.state(scheduled)).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void manyAreChangedInSmallStepsAndTheLimitOfACallIsKept() {
    store.fill(3000, aJob().tagged("t"));
    Changed first = store.repository.cancelSome(tagged("t", null, null), 30, null);
    assertThat(first.jobs()).isEqualTo(30);
    assertThat(cancelAll(tagged("t", null, null))).isEqualTo(2970);
    assertThat(store.repository.counts().get("rehearse"))
        .containsEntry(JobState.CANCELLED, 3000L)
        .containsEntry(JobState.QUEUED, 0L);
    assertThat(store.take(a, 5)).isEqualTo(List.of());
  }
}
