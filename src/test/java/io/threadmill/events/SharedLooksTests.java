package io.threadmill.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SharedLooksTests {

  private static final Duration AGE = Duration.ofMillis(100);

  private final AtomicInteger asked = new AtomicInteger();
  private long nanos;

  @Test
  void aLookIsSharedWhileItIsYoungEnough() throws Exception {
    var looks = new SharedLooks<String, Integer>(4, () -> nanos, _ -> asked.incrementAndGet());
    assertThat(looks.look("a", AGE).value()).isEqualTo(1);
    nanos = AGE.toNanos() - 1;
    assertThat(looks.look("a", AGE)).isEqualTo(new SharedLooks.Look<>(1, 0));
    assertThat(looks.look("b", AGE).value()).isEqualTo(2);
    assertThat(looks.look("a", Duration.ZERO).value()).as("none may be old").isEqualTo(3);
    nanos += AGE.toNanos();
    assertThat(looks.look("a", AGE)).isEqualTo(new SharedLooks.Look<>(4, nanos));
  }

  @Test
  void manyAtOnceAskOnce() throws Exception {
    var all = new CountDownLatch(50);
    var looks =
        new SharedLooks<String, Integer>(
            4,
            () -> nanos,
            _ -> {
              try {
                assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
              }
              return asked.incrementAndGet();
            });
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<Future<Integer>>();
      for (int i = 0; i < 50; i++) {
        answers.add(
            clients.submit(() -> {
              all.countDown();
              return looks.look("a", AGE).value();
            }));
      }
      for (Future<Integer> answer : answers) {
        assertThat(answer.get()).isEqualTo(1);
      }
    }
  }

  @Test
  void aFaultIsNotKept() throws Exception {
    var looks =
        new SharedLooks<String, Integer>(
            4,
            () -> nanos,
            _ -> {
              if (asked.incrementAndGet() == 1) {
                throw new IllegalArgumentException("once");
              }
              return asked.get();
            });
    assertThatThrownBy(() -> looks.look("a", AGE)).isInstanceOf(IllegalArgumentException.class);
    assertThat(looks.look("a", AGE).value()).isEqualTo(2);
  }

  @Test
  void soManyAreKeptAndNoMore() throws Exception {
    var looks = new SharedLooks<String, Integer>(2, () -> nanos, _ -> asked.incrementAndGet());
    for (String key : new String[] {"a", "b", "c"}) {
      looks.look(key, AGE);
    }
    assertThat(looks.look("c", AGE).value()).isEqualTo(3);
    assertThat(looks.look("a", AGE).value()).as("had to go").isEqualTo(4);
  }
}
