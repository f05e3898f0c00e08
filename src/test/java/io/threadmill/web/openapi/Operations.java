package io.threadmill.web.openapi;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The operations of the document, found by method and path. */
public final class Operations {

  /** One operation; {@code path} is its template. */
  public record Operation(String method, String path, JsonNode pathItem, JsonNode node) {

    @Override
    public String toString() {
      return method + " " + path;
    }

    JsonNode answer(int status) {
      return node.path("responses").path(String.valueOf(status));
    }

    /** An example of a path that matches the template. */
    public String examplePath() {
      return path.replace("{id}", "00000000000000000000000000").replaceAll("\\{[^}]*}", "nothing");
    }

    public boolean needsKey() {
      return !node.has("security") || !node.path("security").isEmpty();
    }

    /** The one scope it needs, beyond a key. */
    public Optional<String> scope() {
      return node.at("/security/0/bearer").valueStream().map(JsonNode::asString).findFirst();
    }
  }

  private final JsonNode document;
  private final List<Operation> all = new ArrayList<>();
  private final List<Operation> callOuts = new ArrayList<>();

  Operations(JsonNode document) {
    this.document = document;
    collect(document.path("paths"), all);
    collect(document.path("webhooks"), callOuts);
  }

  private static void collect(JsonNode items, List<Operation> into) {
    items
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(member -> {
                  if (ProblemResponses.METHODS.contains(member.getKey())) {
                    into.add(
                        new Operation(
                            member.getKey().toUpperCase(Locale.ROOT),
                            path.getKey(),
                            path.getValue(),
                            member.getValue()));
                  }
                }));
  }

  public static Operations documented() {
    return new Operations(assembled());
  }

  /** The document as the code has it, without what only a running service knows. */
  static JsonNode assembled() {
    return OpenApiDocument.assemble(JsonMapper.builder().build(), "test", List.of()).tree();
  }

  public List<Operation> all() {
    return all;
  }

  /** What the service itself sends to receivers; the path of each is its name. */
  List<Operation> callOuts() {
    return callOuts;
  }

  /** The most literal template that matches and has the method. */
  Optional<Operation> find(String method, String path) {
    String read = method.equals("HEAD") ? "GET" : method;
    return matching(path).filter(operation -> operation.method().equals(read)).findFirst();
  }

  /** The methods the document gives a path; none where it does not know the path. */
  Set<String> methods(String path) {
    return matching(path).map(Operation::method).collect(Collectors.toCollection(TreeSet::new));
  }

  private Stream<Operation> matching(String path) {
    return all.stream()
        .filter(operation -> matches(operation.path(), path))
        .sorted(
            Comparator.comparingLong(
                operation -> operation.path().chars().filter(sign -> sign == '{').count()));
  }

  private static boolean matches(String template, String path) {
    String[] literals = template.split("\\{[^}]*}", -1);
    return path.matches(
        Stream.of(literals).map(Pattern::quote).collect(Collectors.joining("[^/]+")));
  }

  List<JsonNode> parameters(Operation operation) {
    return Stream.concat(
            operation.pathItem().path("parameters").valueStream(),
            operation.node().path("parameters").valueStream())
        .map(this::resolved)
        .toList();
  }

  JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asString().substring(1)) : node;
  }

  /** The names of an answer's headers and what they hold. */
  Map<String, JsonNode> headers(JsonNode answer) {
    return answer.path("headers").properties().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, header -> resolved(header.getValue())));
  }
}
