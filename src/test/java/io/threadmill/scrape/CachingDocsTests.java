package io.threadmill.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the tables of {@code docs/caching.md} to the code. */
class CachingDocsTests {

  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  /** The rows of a section's first table, as the cells of its first two columns. */
  private static List<MatchResult> rows(String heading) throws IOException {
    String page = Files.readString(Path.of("docs/caching.md"));
    int begin = page.indexOf("## " + heading + "\n");
    assertThat(begin).as("the section \"%s\"", heading).isNotNegative();
    int end = page.indexOf("\n## ", begin + 1);
    List<MatchResult> rows =
        Pattern.compile("^\\| `([^`]+)` \\| ([^|]+?) \\|", Pattern.MULTILINE)
            .matcher(page.substring(begin, end < 0 ? page.length() : end))
            .results()
            .toList();
    assertThat(rows).as("rows of \"%s\"", heading).isNotEmpty();
    return rows;
  }

  @Test
  void eachResponseIsFreshAsLongAsTold() throws IOException {
    for (MatchResult row : rows("How long a response is fresh")) {
      long seconds = Long.parseLong(row.group(2).replace(" s", ""));
      Freshness freshness = Freshness.of(200, FreshnessTests.headers(row.group(1)), NOON);
      assertThat(freshness.isFreshAfter(Duration.ofSeconds(seconds))).as(row.group()).isFalse();
      assertThat(seconds == 0 || freshness.isFreshAfter(Duration.ofSeconds(seconds - 1)))
          .as(row.group())
          .isTrue();
    }
  }

  @Test
  void whatIsToldToBeNeverKeptIsNot() throws IOException {
    for (MatchResult row : rows("What is never kept")) {
      assertThat(Freshness.whyNotKept(200, FreshnessTests.headers(row.group(1))))
          .isEqualTo(row.group(2));
    }
  }

  @Test
  void thePartsOfAFingerprintAreListed() throws IOException {
    assertThat(rows("What makes two scrapes equal").stream().map(row -> row.group(1)))
        .containsExactlyElementsOf(ResponseFingerprint.PARTS);
  }

  @Test
  void theScriptsAreListed() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/main/resources/lua/cache"))) {
      assertThat(
              rows("In Redis").stream()
                  .map(row -> row.group(1))
                  .filter(name -> name.matches("[a-z]+")))
          .containsExactlyInAnyOrderElementsOf(
              files
                  .map(file -> file.getFileName().toString().replace(".lua", ""))
                  .filter(name -> !name.equals("preamble"))
                  .toList());
    }
  }
}
