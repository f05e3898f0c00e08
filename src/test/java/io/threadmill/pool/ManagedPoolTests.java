package io.threadmill.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

class ManagedPoolTests {

  private final ThreadPoolTaskExecutor executor = executor();
  private final ManagedPool pool = new ManagedPool("p", 1, 8, 4, executor, new Goodput(() -> 0L));

  private static ThreadPoolTaskExecutor executor() {
    var executor = new ThreadPoolTaskExecutor();
    executor.setMaxPoolSize(4);
    executor.setCorePoolSize(4);
    return executor;
  }

  private int free() throws InterruptedException {
    int free = pool.reserve(1, 100, Duration.ZERO);
    pool.release(free);
    return free;
  }

  @Test
  void reservesNoMoreThanItsSize() throws Exception {
    assertThat(pool.reserve(1, 3, Duration.ZERO)).isEqualTo(3);
    assertThat(pool.reserve(1, 3, Duration.ZERO)).isEqualTo(1);
    assertThat(pool.reserve(1, 3, Duration.ZERO)).isZero();
    pool.release(2);
    assertThat(pool.reserve(1, 3, Duration.ZERO)).isEqualTo(2);
  }

  @Test
  void whereFewerSlotsAreFreeThanWantedItTakesThoseOnceTheTimeIsUp() throws Exception {
    assertThat(pool.reserve(1, 3, Duration.ZERO)).isEqualTo(3);
    assertThat(pool.reserve(2, 4, Duration.ofMillis(1))).isEqualTo(1);
  }

  @Test
  void lostThreadsAreReplacedUpToAQuarterOfTheMaximumAndThenShrinkThePool() throws Exception {
    assertThat(pool.reserve(1, 4, Duration.ZERO)).isEqualTo(4);
    for (int i = 0; i < 3; i++) {
      pool.loseThread();
      pool.release(1);
    }
    assertThat(executor.getMaxPoolSize()).isEqualTo(6);
    assertThat(executor.getCorePoolSize()).isEqualTo(6);
    assertThat(free()).isEqualTo(2);
    assertThat(pool.snapshot().lost()).isEqualTo(3);

    for (int i = 0; i < 3; i++) {
      pool.regainThread();
    }
    assertThat(executor.getMaxPoolSize()).isEqualTo(4);
    assertThat(free()).isEqualTo(3);
    pool.release(1);
    assertThat(free()).isEqualTo(4);
    assertThat(pool.snapshot().lost()).isZero();
  }
}
