package io.threadmill.web.openapi;

import static io.threadmill.web.openapi.SchemaText.code;
import static io.threadmill.web.openapi.SchemaText.description;
import static io.threadmill.web.openapi.SchemaText.prose;
import static io.threadmill.web.openapi.SchemaText.type;
import static io.threadmill.web.openapi.SchemaText.value;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.web.util.HtmlUtils;
import tools.jackson.databind.JsonNode;

/** Writes operations into the page: call, parameters, body, answers, examples. */
final class OperationHtml {

  private static final String PROBLEM = "application/problem+json";

  /** A body of JSON up to this long stays on one line. */
  private static final int ONE_LINE = 72;

  private final JsonNode document;
  private final Html html;

  OperationHtml(JsonNode document, Html html) {
    this.document = document;
    this.html = html;
  }

  /**
   * One operation of the document.
   *
   * @param out whether the service calls, and a receiver answers; the path is then its name
   */
  record Operation(String method, String path, JsonNode pathItem, JsonNode node, boolean out) {
    String id() {
      return HtmlUtils.htmlEscape(node.path("operationId").asString());
    }

    boolean hasTag(String tag) {
      return node.path("tags").valueStream().anyMatch(one -> one.asString().equals(tag));
    }

    String call() {
      return "<b>" + method + "</b> " + (out ? "to a receiver: " + code(path) : code(path));
    }
  }

  void write(Operation operation) {
    JsonNode node = operation.node();
    html.heading("h3", operation.id(), operation.call());
    html.line("p", prose(node.path("summary").asString()) + ". " + description(node));
    if (!operation.out()) {
      html.line("p", "Key: " + key(node) + ".");
    }
    List<JsonNode> parameters = parameters(operation);
    if (!parameters.isEmpty()) {
      html.table(
          List.of("parameter", "in", "value", "meaning"),
          () ->
              parameters.forEach(parameter ->
                  html.row(
                      code(parameter.path("name").asString()),
                      parameter.path("in").asString(),
                      value(parameter.path("schema")),
                      description(parameter) + example(parameter))));
    }
    if (node.has("requestBody")) {
      requestBody(operation, parameters);
    }
    answers(node.path("responses"));
  }

  private static String example(JsonNode parameter) {
    return parameter.has("example")
        ? " Such as " + code(parameter.path("example").asString()) + "."
        : "";
  }

  private String key(JsonNode operation) {
    JsonNode security =
        operation.has("security") ? operation.path("security") : document.path("security");
    if (security.isEmpty()) {
      return "none needed";
    }
    JsonNode scopes = security.path(0).path("bearer");
    return scopes.isEmpty() ? "any" : "one with " + code(scopes.path(0).asString());
  }

  private List<JsonNode> parameters(Operation operation) {
    return Stream.concat(
            operation.pathItem().path("parameters").valueStream(),
            operation.node().path("parameters").valueStream())
        .map(this::resolved)
        .toList();
  }

  private void requestBody(Operation operation, List<JsonNode> parameters) {
    JsonNode body = operation.node().path("requestBody");
    List<String> forms = new ArrayList<>();
    for (var content : body.path("content").properties()) {
      forms.add(code(content.getKey()) + " " + type(content.getValue().path("schema")));
    }
    html.line("p", "Body: " + String.join(", or ", forms) + ". " + description(body));
    String path = operation.path();
    for (JsonNode parameter : parameters) {
      path =
          path.replace(
              "{" + parameter.path("name").asString() + "}",
              parameter.path("example").asString("…"));
    }
    for (var content : body.path("content").properties()) {
      for (JsonNode example : content.getValue().path("examples")) {
        html.line("p", prose(resolved(example).path("summary").asString()) + ":");
        html.line(
            "pre",
            HtmlUtils.htmlEscape(
                operation.out()
                    ? message(operation.method(), parameters, content.getKey(), resolved(example))
                    : curl(operation.method(), path, content.getKey(), resolved(example))));
      }
    }
  }

  private static String curl(String method, String path, String mediaType, JsonNode example) {
    String query = example.path("x-query").asString("");
    String url = "localhost:8080" + path + (query.isEmpty() ? "" : "?" + query);
    JsonNode value = example.path("value");
    return "curl -s%s '%s' \\\n  -H 'Content-Type: %s' \\\n  %s '%s'"
        .formatted(
            method.equals("POST") ? "" : " -X " + method,
            url,
            mediaType,
            value.isString() ? "--data-binary" : "-d",
            shown(value).replace("'", "'\\''"));
  }

  /** What is sent, as it goes over the wire. */
  private static String message(
      String method, List<JsonNode> headers, String mediaType, JsonNode example) {
    var lines = new StringBuilder(method + " /… HTTP/1.1\nContent-Type: " + mediaType + "\n");
    headers.forEach(header ->
        lines
            .append(header.path("name").asString())
            .append(": ")
            .append(header.path("example").asString())
            .append('\n'));
    return lines.append('\n').append(shown(example.path("value"))).toString();
  }

  private static String shown(JsonNode value) {
    if (value.isString()) {
      return value.asString();
    }
    String line = value.toString();
    return line.length() <= ONE_LINE ? line : value.toPrettyString();
  }

  private void answers(JsonNode responses) {
    html.table(
        List.of("answer", "body", "headers", "meaning"),
        () -> {
          for (var response : responses.properties()) {
            JsonNode answer = response.getValue();
            html.row(
                code(response.getKey()),
                bodies(answer.path("content")),
                String.join(
                    "<br>",
                    answer.path("headers").propertyNames().stream()
                        .map(name -> "<a href=\"#headers\">" + code(name) + "</a>")
                        .toList()),
                description(answer) + problems(answer.path("content").path(PROBLEM)));
          }
        });
    for (var response : responses.properties()) {
      for (var content : response.getValue().path("content").properties()) {
        if (!content.getKey().equals(PROBLEM)) {
          content
              .getValue()
              .path("examples")
              .forEach(example -> answer(response.getKey(), resolved(example)));
        }
      }
    }
  }

  private void answer(String status, JsonNode example) {
    String summary = prose(example.path("summary").asString(""));
    html.folded(
        "Such as this " + code(status) + (summary.isEmpty() ? "" : ": " + summary),
        HtmlUtils.htmlEscape(shown(example.path("value"))));
  }

  private static String bodies(JsonNode content) {
    List<String> bodies = new ArrayList<>();
    for (var body : content.properties()) {
      if (body.getKey().equals(PROBLEM)) {
        bodies.add("<a href=\"#schema-Problem\">Problem</a>");
        continue;
      }
      JsonNode line = body.getValue().path("x-line");
      bodies.add(
          code(body.getKey())
              + " "
              + (line.isMissingNode()
                  ? type(body.getValue().path("schema"))
                  : type(line) + " a line"));
      body.getValue()
          .path("x-events")
          .properties()
          .forEach(
              event -> bodies.add("event " + code(event.getKey()) + " " + type(event.getValue())));
    }
    return String.join("<br>", bodies);
  }

  private static String problems(JsonNode content) {
    List<String> links = new ArrayList<>();
    content
        .path("examples")
        .propertyNames()
        .forEach(slug -> links.add("<a href=\"/problems/%s\">%s</a>".formatted(slug, slug)));
    return links.isEmpty() ? "" : "<br>" + String.join(", ", links);
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asString().substring(1)) : node;
  }
}
