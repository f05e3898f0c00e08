package io.threadmill.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryScheduleTests {

  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

  private final RetrySchedule schedule =
      new RetrySchedule(
          List.of(Duration.ofSeconds(5), Duration.ofMinutes(1)), new SplittableRandom(1));

  @Test
  void pausesGrowByTheSettingsAndEnd() {
    for (int round = 0; round < 100; round++) {
      assertThat(schedule.after(0, null, NOW).orElseThrow())
          .isBetween(Duration.ofMillis(4500), Duration.ofMillis(5500));
      assertThat(schedule.after(1, null, NOW).orElseThrow())
          .isBetween(Duration.ofSeconds(54), Duration.ofSeconds(66));
    }
    assertThat(schedule.after(2, null, NOW)).isEmpty();
    assertThat(schedule.after(2, "1", NOW)).as("asked for or not").isEmpty();
  }

  @Test
  void pausesAreSpread() {
    assertThat(schedule.after(0, null, NOW)).isNotEqualTo(schedule.after(0, null, NOW));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "120                            | PT2M",
        "Wed, 25 Nov 2026 12:10:00 GMT  | PT10M",
        "999999999                      | P1D",
      })
  void aReceiverMayAskForLonger(String retryAfter, Duration pause) {
    assertThat(schedule.after(0, retryAfter, NOW)).contains(pause);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"0", "1", "soon", "-5", "Wed, 25 Nov 2026 11:00:00 GMT", "99999999999999999999"})
  void whatIsShorterOrNonsenseChangesNothing(String retryAfter) {
    assertThat(schedule.after(0, retryAfter, NOW).orElseThrow())
        .isBetween(Duration.ofMillis(4500), Duration.ofMillis(5500));
  }
}
