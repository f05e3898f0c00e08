package io.threadmill.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateTests {

  @ParameterizedTest
  @CsvSource({
    "1/s,       1000000,     0",
    "10/s,      100000,      0",
    "99/s,      10102,       0",
    "100/s,     10102,       10102",
    "5000/s,    203,         10150",
    "10000/s,   102,         10200",
    "600/m,     100000,      0",
    "36000000/h,101,         10100",
    "5/d,       17280000000, 0",
  })
  void startsAreSpreadAndMayComeALittleEarlyWhereTheyAreMany(
      String text, long interval, long tolerance) {
    Rate rate = Rate.parse(text).orElseThrow();
    assertThat(rate.intervalMicros()).isEqualTo(interval);
    assertThat(rate.toleranceMicros()).isEqualTo(tolerance);
    assertThat(rate).hasToString(text.strip());
  }

  /** GCRA lets at most {@code 1 + (window + tolerance) / interval} start in a closed window. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1/s", "3/s", "7/s", "100/s", "101/s", "1234/s", "9999/s", "61/m", "7777/h", "3/d"
      })
  void noWindowCanHoldMoreThanTheRateSays(String text) {
    Rate rate = Rate.parse(text).orElseThrow();
    long window = rate.period().toNanos() / 1000 - 1; // the next microsecond is another window's
    assertThat(1 + (window + rate.toleranceMicros()) / rate.intervalMicros())
        .isLessThanOrEqualTo(rate.starts());
    assertThat(window / rate.intervalMicros())
        .isGreaterThanOrEqualTo(rate.starts() * 97L / 100 - 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10", "/s", "0/s", "-1/s", "1.5/s", "10/w", "10/S", "10001/s", " 1/s", "1/s "})
  void whatIsNoRateIsNotRead(String text) {
    assertThat(Rate.parse(text)).isEmpty();
  }

  @Test
  void aPauseIsOneStartInItsTime() {
    Rate rate = Rate.every(Duration.ofMillis(1500));
    assertThat(rate.intervalMicros()).isEqualTo(1_500_000);
    assertThat(rate.toleranceMicros()).isZero();
  }
}
