package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.LEASE;
import static io.threadmill.redis.QueueHarness.aJob;
import static io.threadmill.redis.QueueHarness.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.JobQueue;
import io.threadmill.job.JobQueue.Verdict;
import io.threadmill.job.JobState;
import io.threadmill.job.TakenJob;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose leases run out while Redis is away is not taken for dead at once. */
class MercyIT {

  private QueueHarness store;
  private JobQueue a;
  private JobQueue b;
  private TakenJob held;

  @BeforeEach
  void open() {
    store = new QueueHarness();
    a = store.instance("a");
    b = store.instance("b");
    store.submit(aJob());
    held = store.takeOne(b);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void afterAnOutageLongerThanTheLeaseTheOthersHaveTimeToBeat() {
    store.outage(LEASE.multipliedBy(2));
    a.beat(List.of());
    assertThat(a.sweep()).isZero();
    store.outage(Duration.ofSeconds(4));
    a.beat(List.of());
    assertThat(a.sweep()).isZero();
    assertThat(b.beat(List.of(held))).as("b has lost nothing").isEmpty();
    store.advance(Duration.ofSeconds(8));
    assertThat(a.sweep()).isZero();
    assertThat(store.record(b, held, done("1"))).isEqualTo(Verdict.RECORDED);
  }

  @Test
  void whoDoesNotComeBackFromTheOutageIsTakenOverAllTheSame() {
    store.outage(LEASE.multipliedBy(2));
    a.beat(List.of());
    assertThat(a.sweep()).isZero();
    store.outage(Duration.ofSeconds(5));
    a.beat(List.of());
    store.outage(Duration.ofSeconds(5));
    assertThat(a.sweep()).isEqualTo(1);
    assertThat(store.state(held.id())).isEqualTo(JobState.QUEUED);
  }

  @Test
  void aLoneSurvivorWithTheLongestBeatAllowedTakesOverTheDead() {
    for (int beat = 0; beat < 4; beat++) {
      store.outage(LEASE.dividedBy(3).plusMillis(500));
      a.beat(List.of());
    }
    assertThat(a.sweep()).isEqualTo(1);
  }

  @Test
  void whileOthersBeatADeadOneIsTakenOverWhenItsLeaseHasRunOut() {
    for (int beat = 0; beat < 4; beat++) {
      assertThat(a.sweep()).isZero();
      store.outage(Duration.ofSeconds(4));
      a.beat(List.of());
    }
    assertThat(a.sweep()).isEqualTo(1);
  }

  @Test
  void aSweepThatWaitedInAFrozenServerTakesNobodyOver() {
    store.outage(Duration.ofSeconds(5));
    a.beat(List.of());
    store.outage(Duration.ofSeconds(12)); // b's lease has run out, that of a has not
    assertThat(a.sweep()).isZero();
    assertThat(b.beat(List.of(held))).isEmpty();
  }

  @Test
  void anOutageAtTheStartOfItAllAndAnEmptyDatabaseHoldNothingUp() {
    RedisFixture.flush();
    assertThat(a.sweep()).isZero();
    assertThat(a.beat(List.of(held))).as("what the old database held is gone").hasSize(1);
    store.submit(aJob());
    assertThat(store.take(a, 1)).hasSize(1);
  }
}
