package io.threadmill.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.JobLifecycle;
import io.threadmill.job.JobState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds the state diagram of {@code docs/architecture.md} to {@link JobLifecycle}. */
class StateDiagramTests {

  private static final Pattern DIAGRAM =
      Pattern.compile("```mermaid\\s+stateDiagram-v2\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern ARROW = Pattern.compile("^\\s*(\\w+) --> (\\w+): (\\w+)\\s*$");

  @Test
  void everyArrowIsAMoveAndEveryMoveAnArrow() throws IOException {
    var coded = new TreeSet<String>();
    for (JobState from : JobState.values()) {
      for (JobLifecycle.Event event : JobLifecycle.Event.values()) {
        JobLifecycle.after(from, event)
            .ifPresent(to ->
                coded.add(
                    "%s --> %s: %s"
                        .formatted(
                            from.wireName(),
                            to.wireName(),
                            event.name().toLowerCase(Locale.ROOT))));
      }
    }
    assertThat(drawn()).isEqualTo(coded);
  }

  @Test
  void theEndsOfTheDiagramAreTheFinishedStates() throws IOException {
    Set<String> ends =
        diagram()
            .lines()
            .map(String::strip)
            .filter(line -> line.endsWith(" --> [*]"))
            .map(line -> line.substring(0, line.indexOf(' ')))
            .collect(Collectors.toSet());
    Set<String> finished =
        Arrays.stream(JobState.values())
            .filter(JobState::finished)
            .map(JobState::wireName)
            .collect(Collectors.toSet());
    assertThat(ends).isEqualTo(finished);
  }

  private static Set<String> drawn() throws IOException {
    var arrows = new TreeSet<String>();
    diagram()
        .lines()
        .filter(line -> line.contains("-->") && !line.contains("[*]"))
        .forEach(line -> {
          Matcher arrow = ARROW.matcher(line);
          assertThat(arrow.matches()).as("an arrow with one event: " + line).isTrue();
          arrows.add(line.strip());
        });
    return arrows;
  }

  private static String diagram() throws IOException {
    Matcher found = DIAGRAM.matcher(Files.readString(Path.of("docs/architecture.md")));
    assertThat(found.find()).as("a state diagram in docs/architecture.md").isTrue();
    return found.group(1);
  }
}
