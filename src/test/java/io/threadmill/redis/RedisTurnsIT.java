package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.BROKEN;
import static io.threadmill.redis.QueueHarness.aJob;
import static io.threadmill.redis.QueueHarness.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.Ending;
import io.threadmill.job.JobId;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobRepository.Filter;
import io.threadmill.job.JobRepository.Page;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobState;
import io.threadmill.job.TakenJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose turn it is: priorities, keys, hosts and their limits, on a real Redis. */
class RedisTurnsIT {

  private static final Filter ALL = new Filter(null, null, null);

  private QueueHarness store;
  private JobQueue a;
  private JobQueue b;

  @BeforeEach
  void open() {
    store = new QueueHarness(200_000);
    a = store.instance("a");
    b = store.instance("b");
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void higherPrioritiesGoFirstAndTheLowestIsNotStarved() {
    JobId low = store.submit(aJob().withPriority(0));
    for (int i = 0; i < 20; i++) {
      store.submit(aJob().withPriority(9));
    }
    List<JobId> order = new ArrayList<>();
    for (int i = 0; i < 21; i++) {
      order.add(store.takeOne(a).id());
    }
    assertThat(order.getFirst()).isNotEqualTo(low);
    assertThat(order.indexOf(low)).isLessThan(9);
  }

  /** One job of eight goes by age, and each of the priorities in its turn. */
  @Test
  void noPriorityBetweenTwoThatAreFloodedStarves() {
    store.fill(300, aJob().withPriority(9));
    store.fill(300, aJob().withPriority(0));
    var middle = new ArrayList<JobId>();
    for (int priority = 1; priority < 9; priority++) {
      middle.add(store.submit(aJob().withPriority(priority)));
    }
    var order = new ArrayList<JobId>();
    for (int i = 0; i < 8 * 10; i++) {
      order.add(store.takeOne(a).id());
    }
    assertThat(order).containsAll(middle);
    assertThat(order.stream().filter(id -> store.job(id).priority() == 9).count())
        .isBetween(70L, 72L);
  }

  @Test
  void aKeyWithAHundredThousandJobsDoesNotHoldUpAnother() {
    store.fill(100_000, aJob().withKey("big"));
    store.take(a, 5);
    JobId small = store.submit(aJob().withKey("small"));
    List<JobId> next = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      next.add(store.takeOne(b).id());
    }
    assertThat(next).contains(small);
  }

  @Test
  void keysTakeTurnsAlsoWhereNewOnesComeAllTheTime() {
    store.submit(aJob().withKey("z-0"));
    JobId old = store.submit(aJob().withKey("z-1"));
    var order = new ArrayList<JobId>();
    for (int i = 0; i < 6; i++) {
      store.submit(aJob().withKey("a-" + i));
      store.submit(aJob().withKey("b-" + i));
      order.add(store.takeOne(a).id());
    }
    assertThat(order.indexOf(old)).isEqualTo(1);
  }

  @Test
  void aTakeAnswersNoMoreBytesThanItMay() {
    String params = "{\"text\":\"" + "x".repeat(100_000) + "\"}";
    for (int i = 0; i < 8; i++) {
      store.repository.enqueue(store.withParams(aJob(), params), null);
    }
    assertThat(store.take(a, 8)).hasSize(3);
    assertThat(store.take(a, 8)).hasSize(3);
    assertThat(store.take(a, 8)).hasSize(2);
  }

  @Test
  void aHostAtItsLimitHoldsItsJobsBackAndNoOthers() {
    for (int i = 0; i < 5; i++) {
      store.submit(aJob().withHost("slow:80"));
    }
    JobId other = store.submit(aJob().withHost("fast:80"));
    List<TakenJob> taken = store.take(a, 10);
    assertThat(taken).hasSize(3).anyMatch(job -> job.id().equals(other));
    Page waiting = store.repository.list(new Filter(JobState.QUEUED, null, null), 10, null);
    JobSnapshot held = store.job(waiting.jobs().getFirst().id());
    assertThat(held.waiting().cause()).isEqualTo("host");
    assertThat(held.waiting().detail()).isEqualTo("slow:80 is at its limit of 2");

    TakenJob slow = taken.stream().filter(job -> "slow:80".equals(job.host())).findFirst().get();
    store.record(a, slow, done("1"));
    assertThat(store.take(b, 10))
        .singleElement()
        .satisfies(job -> assertThat(job.host()).isEqualTo("slow:80"));
  }

  @Test
  void aLimitSetOnAKeyHoldsAcrossInstances() {
    store.limiter.set(
        io.threadmill.job.Limiter.Kind.KEY,
        "k",
        new io.threadmill.job.Limiter.Numbers(1, Duration.ZERO),
        null);
    store.submit(aJob().withKey("k"));
    store.submit(aJob().withKey("k"));
    TakenJob one = store.takeOne(a);
    assertThat(store.take(b, 5)).isEmpty();
    store.record(a, one, new Ending.Failed(BROKEN));
    assertThat(store.take(b, 5)).hasSize(1);
  }

  @Test
  void anIntervalSpacesStartsAndAPauseHoldsBack() {
    store.limiter.set(
        io.threadmill.job.Limiter.Kind.HOST,
        "h:80",
        new io.threadmill.job.Limiter.Numbers(5, Duration.ofSeconds(1)),
        null);
    store.submit(aJob().withHost("h:80"));
    store.submit(aJob().withHost("h:80"));
    assertThat(store.take(a, 5)).hasSize(1);
    store.advance(Duration.ofMillis(999));
    a.promote();
    assertThat(store.take(a, 5)).isEmpty();
    store.limiter.holdBack(io.threadmill.job.Limiter.Kind.HOST, "h:80", Duration.ofSeconds(5));
    store.advance(Duration.ofSeconds(3));
    a.promote();
    assertThat(store.take(a, 5)).isEmpty();
    store.advance(Duration.ofSeconds(3));
    a.beat(List.of());
    a.promote();
    assertThat(store.take(a, 5)).hasSize(1);
  }

  @Test
  void reservationsOfDeadInstancesAreFreed() {
    store.submit(aJob().withHost("h:80"));
    store.submit(aJob().withHost("h:80"));
    store.submit(aJob().withHost("h:80"));
    assertThat(store.take(a, 5)).hasSize(2);
    store.advance(QueueHarness.LEASE.plusMillis(1));
    b.beat(List.of());
    assertThat(b.sweep()).isEqualTo(2);
    assertThat(store.take(b, 5)).hasSize(2);
  }
}
