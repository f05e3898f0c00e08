package io.threadmill.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.egress.Header;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Responses asked for at noon; NOON, MORNING (six hours ago) and so on stand for dates. */
class FreshnessTests {

  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  static List<Header> headers(@Nullable String text) {
    return text == null
        ? List.of()
        : Arrays.stream(text.split(" ; "))
            .map(line -> line.split(": ", 2))
            .map(line -> new Header(line[0], dates(line[1])))
            .toList();
  }

  private static String dates(String value) {
    return value
        .strip()
        .replace("NOON", "Tue, 24 Nov 2026 12:00:00 GMT")
        .replace("MORNING", "Tue, 24 Nov 2026 06:00:00 GMT")
        .replace("EVENING", "Tue, 24 Nov 2026 18:00:00 GMT")
        .replace("LAST_YEAR", "Mon, 24 Nov 2025 12:00:00 GMT");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // headers | fresh for so many seconds after noon
        "| 0",
        "Date: NOON | 0",
        "Cache-Control: max-age=60 | 60",
        "cache-control: MAX-AGE=60 | 60",
        "Cache-Control: max-age=\"60\" | 60",
        "Cache-Control: public, max-age=60, must-revalidate | 60",
        "Cache-Control: public ; Cache-Control: max-age=60 | 60",
        "Cache-Control: max-age=60, s-maxage=10 | 10",
        "Cache-Control: s-maxage=0, max-age=60 | 0",
        "Cache-Control: max-age=0 | 0",
        "Cache-Control: max-age=soon | 0",
        "Cache-Control: max-age=-5 | 0",
        "Cache-Control: max-age=1.5 | 0",
        "Cache-Control: max-age | 0",
        "Cache-Control: max-age=60, max-age=60 | 60",
        "Cache-Control: max-age=60, max-age=90 | 0",
        "Cache-Control: max-age=99999999999999999999 | 2147483647",
        "Cache-Control: no-cache, max-age=60 | 0",
        "Cache-Control: no-cache=\"set-cookie\", max-age=60 | 0",
        "Cache-Control: ext=\"a, max-age=60\", max-age=10 | 10",
        "Cache-Control: ext=\"a\\\", max-age=60\", max-age=10 | 10",
        "Cache-Control: max-age=60 ; Age: 20 | 40",
        "Cache-Control: max-age=60 ; Age: 60 | 0",
        "Cache-Control: max-age=60 ; Age: old | 60",
        "Cache-Control: max-age=60 ; Age: 20, 50 | 40",
        "Cache-Control: max-age=60 ; Date: MORNING | 0",
        "Cache-Control: max-age=21660 ; Date: MORNING | 60",
        "Cache-Control: max-age=21660 ; Date: MORNING ; Age: 21650 | 10",
        "Cache-Control: max-age=60 ; Date: EVENING | 60",
        "Cache-Control: max-age=60 ; Date: never | 60",
        "Cache-Control: max-age=60 ; Expires: MORNING | 60",
        "Expires: EVENING | 21600",
        "Expires: EVENING ; Date: NOON | 21600",
        "Expires: EVENING ; Date: MORNING | 21600",
        "Expires: MORNING | 0",
        "Expires: 0 | 0",
        "Expires: 0 ; Last-Modified: LAST_YEAR | 0",
        "Expires: Tuesday, 24-Nov-26 18:00:00 GMT | 21600",
        "Expires: Tue Nov 24 18:00:00 2026 | 21600",
        "Expires: Sunday, 06-Nov-94 08:49:37 GMT | 0",
        "Last-Modified: MORNING ; Date: NOON | 2160",
        "Last-Modified: MORNING | 2160",
        "Last-Modified: LAST_YEAR ; Date: NOON | 86400",
        "Last-Modified: EVENING ; Date: NOON | 0",
        "Last-Modified: yesterday | 0",
        "Last-Modified: MORNING ; Cache-Control: no-cache | 0",
      })
  void freshnessFollowsTheHeaders(@Nullable String headers, long seconds) {
    Freshness freshness = Freshness.of(200, headers(headers), NOON);
    assertThat(freshness.isFreshAfter(Duration.ofSeconds(seconds)))
        .as("fresh %d s after it was asked for", seconds)
        .isFalse();
    if (seconds > 0) {
      assertThat(freshness.isFreshAfter(Duration.ofSeconds(seconds).minusMillis(1)))
          .as("fresh a moment before")
          .isTrue();
    }
  }

  @Test
  void onlyWhatIsKeptByDefaultIsGuessedAt() {
    List<Header> headers = headers("Last-Modified: MORNING");
    assertThat(Freshness.of(203, headers, NOON).lifetime()).isPositive();
    assertThat(Freshness.of(201, headers, NOON).lifetime()).isZero();
    assertThat(Freshness.of(201, headers("Cache-Control: max-age=5"), NOON).lifetime())
        .isEqualTo(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      nullValues = "kept",
      value = {
        "200 | X: y | kept",
        "203 | X: y | kept",
        "204 | X: y | kept",
        "201 | X: y | status",
        "202 | Cache-Control: max-age=5 | kept",
        "202 | Expires: NOON | kept",
        "206 | Cache-Control: max-age=60 | status",
        "304 | X: y | status",
        "404 | Cache-Control: max-age=60 | status",
        "200 | Cache-Control: no-store | no-store",
        "200 | Cache-Control: No-Store, max-age=60 | no-store",
        "200 | Cache-Control: private | private",
        "200 | Cache-Control: private=\"x-id\", max-age=60 | private",
        "200 | Cache-Control: x=\"no-store\" | kept",
        "200 | Vary: * | Vary: *",
        "200 | Vary: Accept, * | Vary: *",
        "200 | Vary: Accept | kept",
        "200 | Set-Cookie: a=b | Set-Cookie",
        "200 | Set-Cookie: a=b ; Cache-Control: max-age=60 | Set-Cookie",
        "200 | Set-Cookie: a=b ; Cache-Control: public | kept",
      })
  void whatMustNotBeKeptIsNot(int status, String headers, @Nullable String why) {
    assertThat(Freshness.whyNotKept(status, headers(headers))).isEqualTo(why);
  }
}
