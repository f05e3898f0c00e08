package io.threadmill.telemetry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The dashboards of {@code deploy/grafana/dashboards}, as tests read them. */
public final class Dashboards {

  static final Path FOLDER = Path.of("deploy/grafana/dashboards");

  private Dashboards() {}

  /** One file. */
  public record Dashboard(String file, JsonNode json) {

    @Override
    public String toString() {
      return file;
    }

    String uid() {
      return json.path("uid").asString("");
    }

    /** Every panel, rows too. */
    List<JsonNode> panels() {
      return json.path("panels").valueStream().toList();
    }

    /** Every panel that shows something. */
    List<JsonNode> charts() {
      return panels().stream().filter(panel -> !isRow(panel)).toList();
    }

    static boolean isRow(JsonNode panel) {
      return panel.path("type").asString().equals("row");
    }

    List<JsonNode> variables() {
      return json.path("templating").path("list").valueStream().toList();
    }

    /** All that is asked of Prometheus but the variables: the panels' and the annotations'. */
    public List<Query> queries() {
      Stream<Query> shown =
          charts().stream()
              .flatMap(panel ->
                  panel
                      .path("targets")
                      .valueStream()
                      .map(target ->
                          new Query(
                              file + ", " + panel.path("title").asString(),
                              target.path("expr").asString(""))));
      Stream<Query> marked =
          json.path("annotations")
              .path("list")
              .valueStream()
              .filter(annotation -> annotation.has("expr"))
              .map(annotation ->
                  new Query(
                      file + ", annotation " + annotation.path("name").asString(),
                      annotation.path("expr").asString()));
      return Stream.concat(shown, marked).toList();
    }

    /** What the variables are filled from, as label_values(series, label). */
    public List<String> variableQueries() {
      return variables().stream()
          .filter(variable -> variable.path("type").asString().equals("query"))
          .map(variable -> variable.path("query").path("query").asString())
          .toList();
    }
  }

  /** A query and where it stands. */
  public record Query(String where, String expr) {}

  /** All of them. */
  public static List<Dashboard> all() {
    var mapper = JsonMapper.builder().build();
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .sorted()
          .map(file -> new Dashboard(file.getFileName().toString(), mapper.readTree(file.toFile())))
          .toList();
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }
}
