package io.threadmill.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every link from one page of the repository to another leads somewhere. */
class LinksTests {

  private static final Pattern CODE = Pattern.compile("```.*?```|`[^`\n]*`", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

  static Stream<Path> pages() throws IOException {
    try (Stream<Path> top = Files.list(Path.of(""));
        Stream<Path> docs = Files.walk(Path.of("docs"))) {
      return Stream.concat(top, docs)
          .filter(page -> page.toString().endsWith(".md"))
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void aLinkLeadsToAPageAndToAHeadingThere(Path page) {
    for (String link : links(page)) {
      String[] parts = link.split("#", 2);
      Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
      assertThat(target).as("%s: %s", page, link).exists();
      if (parts.length == 2) {
        assertThat(anchors(target)).as("%s: %s", page, link).contains(parts[1]);
      }
    }
  }

  @Test
  void pagesAndLinksAreFound() throws IOException {
    List<Path> pages = pages().toList();
    assertThat(pages).contains(Path.of("README.md"), Path.of("docs/adr/README.md"));
    assertThat(links(Path.of("README.md"))).contains("docs/queue.md", "CHANGELOG.md", "#keys");
    assertThat(anchors(Path.of("docs/deploying.md")))
        .contains("in-front-of-it")
        .doesNotContain("x");
  }

  private static List<String> links(Path page) {
    return LINK.matcher(CODE.matcher(text(page)).replaceAll(""))
        .results()
        .map(found -> found.group(1))
        .filter(link -> !link.startsWith("https://"))
        .toList();
  }

  /** As GitHub makes them of headings: lower case, hyphens for blanks, no other signs. */
  private static List<String> anchors(Path page) {
    return HEADING
        .matcher(text(page).replaceAll("(?s)```.*?```", ""))
        .results()
        .map((MatchResult found) -> found.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
        .toList();
  }

  private static String text(Path page) {
    try {
      return Files.readString(page);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }
}
