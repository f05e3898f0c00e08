package io.threadmill.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LoopTests {

  private static final Duration LONG = Duration.ofHours(1);

  @Test
  void aWokenLoopTakesItsNextStepAtOnce() throws Exception {
    var steps = new CountDownLatch(2);
    var loop =
        new Loop(
            "test-loop",
            () -> {
              steps.countDown();
              return LONG;
            });
    loop.start();
    loop.wake();
    assertThat(steps.await(10, TimeUnit.SECONDS)).isTrue();
    loop.stop(Duration.ofSeconds(5));
  }

  @Test
  void aStepThatThrowsIsFollowedByAnother() throws Exception {
    var calls = new AtomicInteger();
    var second = new CountDownLatch(1);
    var loop =
        new Loop(
            "test-loop",
            () -> {
              if (calls.incrementAndGet() == 1) {
                throw new IllegalStateException("planted");
              }
              second.countDown();
              return LONG;
            });
    loop.start();
    loop.wake();
    assertThat(second.await(10, TimeUnit.SECONDS)).isTrue();
    loop.stop(Duration.ofSeconds(5));
  }

  @Test
  void startAndStopBearBeingCalledOftenAndTogether() throws Exception {
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    var loop =
        new Loop(
            "test-loop",
            () -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              running.decrementAndGet();
              return Duration.ofMillis(1);
            });
    int callers = 8;
    var barrier = new CyclicBarrier(callers);
    var threads = new Thread[callers];
    for (int i = 0; i < callers; i++) {
      boolean starts = i % 2 == 0;
      threads[i] =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  barrier.await();
                } catch (Exception broken) {
                  throw new IllegalStateException(broken);
                }
                if (starts) {
                  loop.start();
                } else {
                  loop.stop(Duration.ofSeconds(5));
                }
              });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    loop.stop(Duration.ofSeconds(5));
    loop.start();
    assertThat(most.get()).isLessThanOrEqualTo(1);
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("test-loop"));
  }

  @Test
  void stopBeforeStartKeepsItFromStarting() {
    var calls = new AtomicInteger();
    var loop =
        new Loop(
            "test-loop",
            () -> {
              calls.incrementAndGet();
              return LONG;
            });
    loop.stop(Duration.ofSeconds(1));
    loop.start();
    assertThat(calls).hasValue(0);
  }
}
