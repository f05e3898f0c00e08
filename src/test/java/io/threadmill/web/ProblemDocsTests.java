package io.threadmill.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.ProblemKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.BeanUtils;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AssignableTypeFilter;

/** Holds {@code docs/problems.md} to the problems of the routes and the catalogues of the rooms. */
class ProblemDocsTests {

  private static final Pattern OF_A_CALL =
      Pattern.compile("^\\| `([^`]+)` \\| (\\d{3}) \\| (.+) \\|$", Pattern.MULTILINE);
  private static final Pattern OF_A_JOB =
      Pattern.compile(
          "^\\| `([^`]+)` \\| (yes|no|by [a-z]+) \\| [^|]+ \\| (.+) \\|$", Pattern.MULTILINE);

  @Test
  void theTableOfCallsIsTheEnum() throws IOException {
    Map<String, String> coded =
        Arrays.stream(Problem.values())
            .collect(
                Collectors.toMap(
                    Problem::slug, problem -> problem.status() + " " + problem.meaning()));
    assertThat(documented(OF_A_CALL, row -> row.group(2) + " " + row.group(3)))
        .containsExactlyInAnyOrderEntriesOf(coded);
  }

  @Test
  void theTableOfJobsIsWhatTheCataloguesHold() throws IOException {
    Map<String, List<String>> coded =
        catalogues().stream()
            .flatMap(catalogue -> catalogue.kinds().stream())
            .collect(
                Collectors.groupingBy(
                    ProblemKind::slug,
                    TreeMap::new,
                    Collectors.mapping(ProblemKind::meaning, Collectors.toList())));
    Map<String, String> documented = documented(OF_A_JOB, row -> row.group(3));
    assertThat(documented.keySet()).containsExactlyElementsOf(coded.keySet());
    // Two rooms may end jobs with one slug; the page tells the meaning of either.
    coded.forEach((slug, meanings) -> assertThat(documented.get(slug)).as(slug).isIn(meanings));
  }

  private static Map<String, String> documented(Pattern rows, Function<MatchResult, String> value)
      throws IOException {
    return rows.matcher(Files.readString(Path.of("docs/problems.md")))
        .results()
        .collect(
            Collectors.toMap(
                row -> row.group(1),
                value,
                (one, _) -> {
                  throw new IllegalStateException("documented twice: " + one);
                },
                TreeMap::new));
  }

  private static List<ProblemKind.Catalogue> catalogues() {
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AssignableTypeFilter(ProblemKind.Catalogue.class));
    List<ProblemKind.Catalogue> found =
        scanner.findCandidateComponents("io.threadmill").stream()
            .map(definition -> make(definition.getBeanClassName()))
            .toList();
    assertThat(found).as("catalogues on the class path").isNotEmpty();
    return found;
  }

  private static ProblemKind.Catalogue make(@Nullable String name) {
    try {
      return (ProblemKind.Catalogue)
          BeanUtils.instantiateClass(Class.forName(Objects.requireNonNull(name)));
    } catch (ClassNotFoundException fault) {
      throw new IllegalStateException(fault);
    }
  }
}
