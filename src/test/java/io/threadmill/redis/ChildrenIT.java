package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.BROKEN;
import static io.threadmill.redis.QueueHarness.aJob;
import static io.threadmill.redis.QueueHarness.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.threadmill.job.Ending;
import io.threadmill.job.JobId;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobState;
import io.threadmill.job.LeaseLost;
import io.threadmill.job.TakenJob;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A parent, the children it spawns, and what each waits for. */
class ChildrenIT {

  private QueueHarness store;
  private JobQueue a;
  private JobQueue b;

  @BeforeEach
  void open() {
    store = new QueueHarness();
    a = store.instance("a");
    b = store.instance("b");
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void childrenAreSpawnedInNumbersThatDoNotHoldRedisUp() {
    a = store.instance("client");
    JobId parent = store.submit(aJob());
    TakenJob spawner = store.takeOne(a);
    var child = aJob().build().childOf(parent, null);
    assertThatThrownBy(() -> store.repository.spawn(spawner, Collections.nCopies(401, child)))
        .isInstanceOf(IllegalArgumentException.class);
    var large = aJob().withParams("x".repeat(200_000)).build().childOf(parent, null);
    assertThatThrownBy(() -> store.repository.spawn(spawner, List.of(large, large)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(store.repository.spawn(spawner, Collections.nCopies(400, child))).hasSize(400);
  }

  @Test
  void aParentWaitsForItsChildrenAndRunsAgain() {
    a = store.instance("client"); // the instance that spawns is the one that runs the parent
    JobId parent = store.submit(aJob());
    TakenJob first = store.takeOne(a);
    List<JobId> children =
        store.repository.spawn(
            first,
            List.of(aJob().build().childOf(parent, null), aJob().build().childOf(parent, null)));
    store.record(a, first, new Ending.Awaiting());
    assertThat(store.job(parent).waiting().cause()).isEqualTo("children");
    for (TakenJob child : store.take(b, 5)) {
      assertThat(store.state(parent)).isEqualTo(JobState.QUEUED);
      store.record(b, child, done("\"" + child.id() + "\""));
    }
    TakenJob again = store.takeOne(b);
    assertThat(again.id()).isEqualTo(parent);
    assertThat(again.failedAttempts()).isZero();
    assertThat(store.repository.endedChildren(parent, 10))
        .extracting(JobSnapshot::id)
        .containsExactlyInAnyOrderElementsOf(children);
    assertThatThrownBy(
            () -> store.repository.spawn(first, List.of(aJob().build().childOf(parent, null))))
        .isInstanceOf(LeaseLost.class);
  }

  @Test
  void aParentWhoseChildrenHaveAllEndedDoesNotWait() {
    a = store.instance("client"); // the instance that spawns is the one that runs the parent
    JobId parent = store.submit(aJob());
    TakenJob first = store.takeOne(a);
    store.repository.spawn(first, List.of(aJob().build().childOf(parent, null)));
    store.record(b, store.takeOne(b), new Ending.Failed(BROKEN));
    store.record(a, first, new Ending.Awaiting());
    assertThat(store.takeOne(a).id()).isEqualTo(parent);
  }

  /**
   * A cancelled parent's group was to end with it; the run after waits for its children all the
   * same.
   */
  @Test
  void aParentThatRunsAgainWaitsForItsChildren() {
    a = store.instance("client");
    JobId parent = store.submit(aJob());
    TakenJob first = store.takeOne(a);
    store.repository.spawn(first, List.of(aJob().build().childOf(parent, null)));
    store.record(a, first, new Ending.Awaiting());
    TakenJob child = store.takeOne(b);
    store.repository.cancel(parent);
    assertThat(store.redisson.getMap("{tm}:g:" + parent).remainTimeToLive()).isPositive();
    store.repository.retry(parent);
    assertThat(store.redisson.getMap("{tm}:g:" + parent).remainTimeToLive()).isEqualTo(-1);
    TakenJob again = store.takeOne(a);
    assertThat(again.id()).isEqualTo(parent);
    store.record(a, again, new Ending.Awaiting());
    assertThat(store.take(a, 1)).isEmpty();
    store.record(b, child, done("1"));
    assertThat(store.takeOne(a).id()).isEqualTo(parent);
  }

  @Test
  void aChildOutlivesItsTimeUntilItsParentHasEnded() {
    a = store.instance("client");
    JobId parent = store.submit(aJob());
    TakenJob first = store.takeOne(a);
    store.repository.spawn(
        first, List.of(aJob().build().childOf(parent, null), aJob().build().childOf(parent, null)));
    store.record(a, first, new Ending.Awaiting());
    TakenJob early = store.takeOne(b);
    store.record(b, early, done("1"));
    store.advance(Duration.ofHours(2));
    b.beat(List.of());
    assertThat(b.expire()).isZero();
    store.record(b, store.takeOne(b), done("2"));
    assertThat(store.repository.endedChildren(parent, 10)).hasSize(2);
    store.record(b, store.takeOne(b), done("3"));
    store.advance(Duration.ofHours(2));
    assertThat(b.expire()).isEqualTo(3);
  }

  @Test
  void aChildThatRunsAgainIsWaitedForAgain() {
    a = store.instance("client");
    JobId parent = store.submit(aJob());
    TakenJob first = store.takeOne(a);
    store.repository.spawn(
        first, List.of(aJob().build().childOf(parent, null), aJob().build().childOf(parent, null)));
    store.record(a, first, new Ending.Awaiting());
    List<TakenJob> children = store.take(b, 5);
    store.record(b, children.getFirst(), new Ending.Failed(BROKEN));
    store.repository.retry(children.getFirst().id());
    store.record(b, store.takeOne(b), done("1"));
    assertThat(store.take(b, 5)).isEmpty();
    store.record(b, children.getLast(), done("2"));
    assertThat(store.takeOne(b).id()).isEqualTo(parent);
    assertThat(store.repository.endedChildren(parent, 10))
        .extracting(JobSnapshot::state)
        .containsExactly(JobState.SUCCEEDED, JobState.SUCCEEDED);
  }
}
