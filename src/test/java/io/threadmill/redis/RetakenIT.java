package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.aJob;
import static io.threadmill.redis.QueueHarness.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.JobQueue;
import io.threadmill.job.JobQueue.Verdict;
import io.threadmill.job.TakenJob;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An instance that slept beyond its lease and takes its own job again. */
class RetakenIT {

  @Test
  void aBeatTellsTheLostAttemptFromTheOneThatTookItsPlace() {
    try (var store = new QueueHarness()) {
      JobQueue a = store.instance("a");
      store.submit(aJob());
      TakenJob old = store.takeOne(a);
      store.advance(QueueHarness.LEASE.plusSeconds(1));
      assertThat(store.instance("b").sweep()).isEqualTo(1);
      a.beat(List.of());
      TakenJob young = store.takeOne(a);
      assertThat(young.id()).isEqualTo(old.id());
      assertThat(a.beat(List.of(young, old))).containsExactly(old);
      assertThat(a.beat(List.of(old, young))).containsExactly(old);
      assertThat(store.record(a, old, done("1"))).isEqualTo(Verdict.REFUSED);
      assertThat(store.record(a, young, done("2"))).isEqualTo(Verdict.RECORDED);
    }
  }
}
