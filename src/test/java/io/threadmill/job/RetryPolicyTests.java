package io.threadmill.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RetryPolicyTests {

  private final SplittableRandom random = new SplittableRandom(42);

  @Test
  void pausesStayWithinTheDoublingBoundAndSpreadOverIt() {
    var policy = new RetryPolicy(10, Duration.ofSeconds(1));
    for (int failed = 1; failed <= 6; failed++) {
      long bound = 1000L << (failed - 1);
      long least = Long.MAX_VALUE;
      long most = 0;
      for (int i = 0; i < 2000; i++) {
        long pause = policy.pauseAfter(failed, random).toMillis();
        least = Math.min(least, pause);
        most = Math.max(most, pause);
      }
      assertThat(most).isBetween(bound * 9 / 10, bound);
      assertThat(least).isBetween(1L, bound / 10);
    }
  }

  @Test
  void noPauseIsLongerThanAnHourNorOverflows() {
    var policy = new RetryPolicy(20, Duration.ofHours(1));
    for (int failed = 1; failed <= 100; failed++) {
      assertThat(policy.pauseAfter(failed, random)).isLessThanOrEqualTo(Duration.ofHours(1));
    }
  }

  @Test
  void attemptsCountTheFirst() {
    assertThat(new RetryPolicy(1, Duration.ofSeconds(1)).allowsAnotherAfter(1)).isFalse();
    assertThat(new RetryPolicy(3, Duration.ofSeconds(1)).allowsAnotherAfter(2)).isTrue();
  }
}
