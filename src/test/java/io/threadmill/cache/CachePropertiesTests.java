package io.threadmill.cache;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

class CachePropertiesTests {

  @ParameterizedTest
  @CsvSource({
    "PT0.5S, PT1H, 1, 1048576, 1024, responses-ttl",
    "PT1H, P366D, 1, 1048576, 1024, results-ttl",
    "PT1H, PT1H, -1, 1048576, 1024, near-bytes",
    "PT1H, PT1H, 0, 1048576, 1023, entry-bytes",
    "PT1H, PT1H, 0, 999999999, 8388609, entry-bytes",
    "PT1H, PT1H, 0, 65535, 1024, budget-bytes",
  })
  void aSettingThatMakesNoSenseIsNamed(
      Duration responses, Duration results, long near, long budget, long entry, String name) {
    assertThatThrownBy(() ->
            new CacheProperties(
                responses,
                results,
                DataSize.ofBytes(near),
                DataSize.ofBytes(budget),
                DataSize.ofBytes(entry)))
        .hasMessageContaining("threadmill.cache." + name);
  }
}
