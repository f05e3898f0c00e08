package io.threadmill.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.deploy.Tool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Walks the README as a new user would: every console block is run in one shell against a service
 * started in an empty folder, and what it prints is what the README shows, but for ids, times,
 * sizes and counts. Needs bash, curl and jq.
 */
@Timeout(180)
class ReadmeIT {

  private static final Pattern BLOCK = Pattern.compile("```console\n(.*?)```", Pattern.DOTALL);
  private static final String MARK = "=====next=====";

  /**
   * A reader takes longer to the next line than a busy machine to take a job; the shell may not.
   */
  private static final String TAKEN =
      "[ -z \"$ID\" ] || for i in $(seq 100); do curl -s localhost:8080/v1/jobs/$ID"
          + " | grep -q '\"state\":\"queued\"' || break; done\n";

  /** Members of JSON whose values differ from run to run. */
  private static final Pattern VARYING =
      Pattern.compile(
          "(\"(?:id|instance|bytes|held|version|usedMemoryBytes|\\w+Ms|\\w+At|secondsSinceBeat|compute"
              + "|scrape|webhook)\":)(?:\"[^\"]*\"|\\d+)");

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path folder;

  /** One block's commands and what the README says they print. */
  private record Block(String commands, List<String> output) {

    static Block parse(String text) {
      var commands = new StringBuilder();
      var output = new ArrayList<String>();
      boolean inCommand = false;
      for (String line : text.lines().toList()) {
        if (line.startsWith("$ ") || inCommand) {
          commands.append(line.startsWith("$ ") ? line.substring(2) : line).append('\n');
          inCommand = line.endsWith("\\");
          commands.append(inCommand ? "" : TAKEN);
        } else {
          output.add(line);
        }
      }
      return new Block(commands.toString(), output);
    }
  }

  @Test
  void everyCommandOfTheReadmePrintsWhatItShows() throws Exception {
    for (String tool : List.of("bash", "curl", "jq")) {
      Tool.named(tool);
    }
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(Files.readString(Path.of("README.md")));
    while (matcher.find()) {
      blocks.add(Block.parse(matcher.group(1)));
    }
    assertThat(blocks).hasSizeGreaterThan(5);
    try (var service = ServiceProcess.start(folder)) {
      List<List<String>> printed = run(blocks, service);
      assertThat(printed).hasSameSizeAs(blocks);
      for (int i = 0; i < blocks.size(); i++) {
        compare(blocks.get(i), printed.get(i));
      }
    }
  }

  private List<List<String>> run(List<Block> blocks, ServiceProcess service) throws Exception {
    var script = new StringBuilder();
    blocks.forEach(
        block -> script.append(block.commands()).append("echo\necho ").append(MARK).append('\n'));
    String local =
        script
            .toString()
            .replace("127.0.0.1:8080", "127.0.0.1:" + service.port())
            .replace("localhost:8080", "localhost:" + service.port());
    Process shell = new ProcessBuilder("bash", "-c", local).redirectErrorStream(true).start();
    String all = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor(1, TimeUnit.MINUTES)).isTrue();
    var printed = new ArrayList<List<String>>();
    for (String part : all.replace(":" + service.port(), ":8080").split(MARK + "\n", -1)) {
      if (!part.isBlank()) {
        printed.add(part.lines().toList());
      }
    }
    return printed;
  }

  private static void compare(Block block, List<String> printed) {
    List<String> shown = shape(block.output());
    List<String> real = shape(printed);
    if (block.commands().contains("/events")) { // how many states one sees depends on the moment
      assertThat(real)
          .as(block.commands())
          .endsWith(shown.subList(shown.size() - 3, shown.size()).toArray(String[]::new));
    } else {
      assertThat(real).as(block.commands() + String.join("\n", printed)).isEqualTo(shown);
    }
  }

  /** Lines without what differs from run to run. */
  private static List<String> shape(List<String> lines) {
    return lines.stream().filter(line -> !line.isBlank()).map(ReadmeIT::shape).toList();
  }

  private static String shape(String line) {
    if (line.startsWith("{")) {
      try {
        JSON.readTree(line);
        return VARYING.matcher(line).replaceAll("$1");
      } catch (JacksonException _) {
        return line;
      }
    }
    return line.strip()
        .replaceAll("01[0-9a-z]{24}", "ID")
        .replaceAll("^(Date|Content-Length|id): ?.*", "$1")
        .replaceAll("data: \\{.*", "data");
  }
}
