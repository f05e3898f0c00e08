package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.JobQueue;
import io.threadmill.job.StoreProbe.Load;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the probe tells of the backlog. */
class ProbeIT {

  private static final QueueBudget BUDGET = new QueueBudget(10, 100_000);

  private QueueHarness store;
  private RedisProbe probe;

  @BeforeEach
  void open() {
    store = new QueueHarness();
    probe = new RedisProbe(store.scripts, "embedded", BUDGET);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Load load() {
    var reading = probe.probe();
    assertThat(reading.up()).isTrue();
    assertThat(reading.usedMemoryBytes()).isPositive();
    return reading.load();
  }

  @Test
  void anEmptyQueueUsesNothingAndHasNobodyWaiting() {
    assertThat(load().budgets()).containsEntry("jobs", 0.0).containsEntry("bytes", 0.0);
    assertThat(load().oldestReady())
        .containsEntry("compute", Duration.ZERO)
        .containsEntry("scrape", Duration.ZERO);
  }

  @Test
  void theLongestWaitIsFoundWhateverItsPriorityKeyAndHost() {
    store.submit(aJob().withPriority(1).withKey("one"));
    store.advance(Duration.ofSeconds(30));
    store.submit(aJob().withPriority(9));
    store.submit(aJob().withKey("one"));
    store.submit(aJob().withHost("shop.example:443"));
    store.advance(Duration.ofSeconds(12));
    assertThat(load().oldestReady())
        .containsEntry("compute", Duration.ofSeconds(42))
        .containsEntry("scrape", Duration.ZERO);
    assertThat(load().budgets().get("jobs")).isEqualTo(0.4);
    assertThat(load().budgets().get("bytes")).isBetween(0.03, 0.06);
  }

  @Test
  void whatIsNotDueOrAlreadyRunsIsNotReady() {
    JobQueue a = store.instance("a");
    store.submit(aJob());
    store.submit(aJob().delayed(Duration.ofMinutes(1)));
    store.takeOne(a);
    store.advance(Duration.ofSeconds(30));
    assertThat(load().oldestReady()).containsEntry("compute", Duration.ZERO);
    store.advance(Duration.ofSeconds(40));
    a.promote();
    assertThat(load().oldestReady()).containsEntry("compute", Duration.ofSeconds(10));
  }

  @Test
  void whatIsDueAndNotYetQueuedLags() {
    JobQueue a = store.instance("a");
    store.submit(aJob().delayed(Duration.ofMinutes(1)));
    store.submit(aJob().delayed(Duration.ofMinutes(2)));
    assertThat(load().scheduleLag()).isZero();
    store.advance(Duration.ofSeconds(67));
    assertThat(load().scheduleLag()).isEqualTo(Duration.ofSeconds(7));
    a.promote();
    assertThat(load().scheduleLag()).isZero();
  }

  @Test
  void aGreatManyLanesAreNotAllLookedAt() {
    store.submit(aJob().withHost("first.example:443"));
    store.advance(Duration.ofSeconds(5));
    for (int host = 0; host < 200; host++) {
      store.submit(aJob().withHost("h" + host + ".example:443"));
    }
    store.advance(Duration.ofSeconds(5));
    assertThat(load().oldestReady().get("compute"))
        .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
  }
}
