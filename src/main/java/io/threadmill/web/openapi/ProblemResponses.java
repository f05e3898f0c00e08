package io.threadmill.web.openapi;

import io.threadmill.web.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the error answers of each operation. A part names an operation's own problems under {@code
 * x-problems}; those that any call can meet are added here, and {@link Problem} gives status, title
 * and meaning, so that none of it is said twice.
 */
final class ProblemResponses {

  private static final String OWN = "x-problems";

  static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

  private static final Map<String, Problem> BY_SLUG =
      Arrays.stream(Problem.values()).collect(Collectors.toMap(Problem::slug, Function.identity()));

  private final ObjectNode document;
  private final ObjectNode examples;

  ProblemResponses(ObjectNode document) {
    this.document = document;
    this.examples = document.withObjectProperty("components").withObjectProperty("examples");
  }

  void fillIn() {
    document
        .path("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(member -> {
                  if (METHODS.contains(member.getKey())) {
                    fillIn((ObjectNode) member.getValue());
                  }
                }));
  }

  private void fillIn(ObjectNode operation) {
    Map<Integer, Set<Problem>> byStatus = new TreeMap<>();
    for (Problem problem : problems(operation)) {
      byStatus.computeIfAbsent(problem.status(), _ -> new TreeSet<>()).add(problem);
    }
    ObjectNode responses = operation.withObjectProperty("responses");
    byStatus.forEach((status, problems) -> {
      ObjectNode answer = responses.withObjectProperty(String.valueOf(status));
      describe(answer, status, List.copyOf(problems));
    });
    operation.remove(OWN);
  }

  private List<Problem> problems(ObjectNode operation) {
    List<Problem> problems = new ArrayList<>();
    for (JsonNode slug : operation.path(OWN)) {
      Problem problem = BY_SLUG.get(slug.asString());
      if (problem == null) {
        throw new IllegalStateException(
            "openapi: %s names the problem %s, which there is not"
                .formatted(operation.path("operationId").asString(), slug));
      }
      problems.add(problem);
    }
    JsonNode security =
        operation.has("security") ? operation.path("security") : document.path("security");
    if (!security.isEmpty()) {
      problems.add(Problem.UNAUTHENTICATED);
      if (!security.path(0).path("bearer").isEmpty()) {
        problems.add(Problem.INSUFFICIENT_SCOPE);
      }
    }
    problems.add(Problem.FORBIDDEN_HOST);
    problems.add(Problem.INTERNAL_ERROR);
    return problems;
  }

  private void describe(ObjectNode answer, int status, List<Problem> problems) {
    String titles = problems.stream().map(Problem::title).collect(Collectors.joining("; "));
    String before = answer.path("description").asString("");
    answer.put("description", before.isEmpty() ? titles + "." : before + " Or: " + titles + ".");
    switch (status) {
      case 401 -> header(answer, "WWW-Authenticate", "WwwAuthenticate");
      case 503 ->
          header(answer, "Retry-After", before.isEmpty() ? "RetryAfter" : "RetryAfterUnlessEnded");
      default -> {}
    }
    ObjectNode content = answer.withObjectProperty("content").putObject("application/problem+json");
    ObjectNode schema = content.putObject("schema").put("type", "object");
    ArrayNode both = schema.putArray("allOf");
    both.addObject().put("$ref", "#/components/schemas/Problem");
    ObjectNode narrowed = both.addObject().putObject("properties");
    ArrayNode types = narrowed.putObject("type").putArray("enum");
    narrowed.putObject("status").put("const", status);
    ObjectNode shown = content.putObject("examples");
    for (Problem problem : problems) {
      types.add("/problems/" + problem.slug());
      shown.putObject(problem.slug()).put("$ref", "#/components/examples/" + example(problem));
    }
  }

  private static void header(ObjectNode answer, String name, String component) {
    answer
        .withObjectProperty("headers")
        .putObject(name)
        .put("$ref", "#/components/headers/" + component);
  }

  /** The name of the problem's example: one that a part brings, else one made here. */
  private String example(Problem problem) {
    String name = problem.slug();
    if (!examples.has(name)) {
      ObjectNode example = examples.putObject(name);
      example.put("summary", problem.title());
      ObjectNode value = example.putObject("value");
      value.put("type", "/problems/" + problem.slug());
      value.put("title", problem.title());
      value.put("status", problem.status());
      value.put("detail", problem.meaning());
    }
    return name;
  }
}
