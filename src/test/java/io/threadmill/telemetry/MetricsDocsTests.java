package io.threadmill.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetricsDocsTests {

  @Test
  void theTableIsTheCatalogue() throws IOException {
    List<String> documented =
        Files.readAllLines(Path.of("docs/metrics.md")).stream()
            .filter(line -> line.startsWith("| `threadmill."))
            .toList();
    assertThat(documented)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Meter.values()).map(MetricsDocsTests::row).toList());
  }

  private static String row(Meter meter) {
    String tags =
        meter.tags().isEmpty()
            ? "none"
            : meter.tags().stream().map(tag -> "`" + tag + "`").collect(Collectors.joining(", "));
    return "| `%s` | %s | %s | %s |"
        .formatted(meter.id(), meter.kind().name().toLowerCase(Locale.ROOT), tags, meter.meaning());
  }
}
