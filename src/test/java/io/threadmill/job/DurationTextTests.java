package io.threadmill.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTests {

  @ParameterizedTest
  @CsvSource({
    "250ms, 250ms",
    "30s, 30s",
    "5m, 5m",
    "2h, 2h",
    "1d, 1d",
    "PT30S, 30s",
    "90s, 90s",
    "60s, 1m",
    "24h, 1d",
    "0s, 0s",
    "1500ms, 1500ms",
    "PT1.5S, 1500ms",
    "P1D, 1d"
  })
  void readsBothFormsAndWritesTheShortOne(String text, String written) {
    assertThat(DurationText.parse(text)).map(DurationText::format).contains(written);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5",
        "s",
        "-5s",
        "PT-5S",
        "5 s",
        "5S",
        "1w",
        "1.5s",
        "99999999999999s",
        "soon"
      })
  void refusesWhatIsNoDuration(String text) {
    assertThat(DurationText.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1000, 1", "1001, 2", "0, 1", "59999, 60"})
  void retryAfterIsRoundedUp(long millis, long seconds) {
    assertThat(DurationText.retryAfterSeconds(Duration.ofMillis(millis))).isEqualTo(seconds);
  }
}
