package io.threadmill.web.openapi;

import static io.threadmill.web.openapi.SchemaText.code;
import static io.threadmill.web.openapi.SchemaText.limits;
import static io.threadmill.web.openapi.SchemaText.prose;
import static io.threadmill.web.openapi.SchemaText.type;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.springframework.web.util.HtmlUtils;
import tools.jackson.databind.JsonNode;

/** The OpenAPI document as one page of HTML, without scripts. Used by one thread. */
final class DocsPage {

  private static final String PROBLEM = "application/problem+json";

  private final JsonNode document;
  private final StringBuilder html = new StringBuilder();

  DocsPage(JsonNode document) {
    this.document = document;
  }

  private record Operation(String method, String path, JsonNode pathItem, JsonNode node) {
    String id() {
      return HtmlUtils.htmlEscape(node.path("operationId").asString());
    }

    boolean hasTag(String tag) {
      return node.path("tags").valueStream().anyMatch(one -> one.asString().equals(tag));
    }
  }

  String html() {
    JsonNode info = document.path("info");
    html.append(
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>API · Threadmill</title>
        <link rel="stylesheet" href="/threadmill.css"></head>
        <body><main class="wide"><h1>Threadmill's API</h1>
        """);
    line("p", prose(info.path("description").asString()));
    line(
        "p",
        "The same for programs: <a href=\"/v3/api-docs\">OpenAPI 3.1</a>. What each problem means:"
            + " <a href=\"/problems\">problems</a>. This is version "
            + code(info.path("version").asString())
            + ".");
    document
        .at("/components/securitySchemes")
        .forEach(scheme -> {
          line("h2", "Keys");
          line("p", prose(scheme.path("description").asString()));
        });
    List<Operation> operations = operations();
    line("h2", "Operations");
    document.path("tags").forEach(tag -> contents(tag.path("name").asString(), operations));
    for (JsonNode tag : document.path("tags")) {
      line("h2", HtmlUtils.htmlEscape(title(tag.path("name").asString())));
      line("p", prose(tag.path("description").asString()));
      operations.stream()
          .filter(operation -> operation.hasTag(tag.path("name").asString()))
          .forEach(this::operation);
    }
    line("h2", "Schemas");
    document.at("/components/schemas").properties().forEach(this::schema);
    return html.append("</main></body></html>\n").toString();
  }

  private List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> member : path.getValue().properties()) {
        if (ProblemResponses.METHODS.contains(member.getKey())) {
          operations.add(
              new Operation(
                  member.getKey().toUpperCase(Locale.ROOT),
                  path.getKey(),
                  path.getValue(),
                  member.getValue()));
        }
      }
    }
    return operations;
  }

  private void contents(String tag, List<Operation> operations) {
    html.append("<ul>");
    operations.stream()
        .filter(operation -> operation.hasTag(tag))
        .forEach(operation ->
            line(
                "li",
                "<a href=\"#%s\">%s</a> %s"
                    .formatted(
                        operation.id(),
                        code(operation.method() + " " + operation.path()),
                        prose(operation.node().path("summary").asString()))));
    html.append("</ul>\n");
  }

  private void operation(Operation operation) {
    JsonNode node = operation.node();
    html.append("<h3 id=\"%s\">".formatted(operation.id()))
        .append(code(operation.method() + " " + operation.path()))
        .append("</h3>\n");
    line("p", "<b>" + prose(node.path("summary").asString()) + ".</b> " + description(node));
    line("p", "Key: " + key(node) + ".");
    parameters(operation);
    if (node.has("requestBody")) {
      requestBody(operation);
    }
    answers(node.path("responses"));
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

  private void parameters(Operation operation) {
    List<JsonNode> parameters =
        Stream.concat(
                operation.pathItem().path("parameters").valueStream(),
                operation.node().path("parameters").valueStream())
            .map(this::resolved)
            .toList();
    if (!parameters.isEmpty()) {
      table(
          List.of("parameter", "in", "value", "meaning"),
          () ->
              parameters.forEach(parameter ->
                  row(
                      code(parameter.path("name").asString()),
                      parameter.path("in").asString(),
                      value(parameter.path("schema")),
                      description(parameter))));
    }
  }

  private void requestBody(Operation operation) {
    JsonNode body = operation.node().path("requestBody");
    body.path("content")
        .properties()
        .forEach(content -> {
          line(
              "p",
              "Body: "
                  + code(content.getKey())
                  + ", "
                  + type(content.getValue().path("schema"))
                  + ". "
                  + description(body));
          content
              .getValue()
              .path("examples")
              .forEach(example -> example(operation, content.getKey(), resolved(example)));
        });
  }

  private void example(Operation operation, String mediaType, JsonNode example) {
    line("p", prose(example.path("summary").asString()) + ":");
    String body = example.path("value").toString().replace("'", "'\\''");
    line(
        "pre",
        HtmlUtils.htmlEscape(
            "curl -s -X %s localhost:8080%s -H 'Content-Type: %s' \\\n  -d '%s'"
                .formatted(operation.method(), operation.path(), mediaType, body)));
  }

  private void answers(JsonNode responses) {
    table(
        List.of("answer", "body", "headers", "meaning"),
        () ->
            responses
                .properties()
                .forEach(response -> {
                  JsonNode answer = response.getValue();
                  row(
                      code(response.getKey()),
                      bodies(answer.path("content")),
                      String.join(
                          " ",
                          answer.path("headers").propertyNames().stream()
                              .map(SchemaText::code)
                              .toList()),
                      description(answer) + problems(answer.path("content").path(PROBLEM)));
                }));
  }

  private static String bodies(JsonNode content) {
    List<String> bodies = new ArrayList<>();
    content
        .properties()
        .forEach(body ->
            bodies.add(
                body.getKey().equals(PROBLEM)
                    ? "<a href=\"#schema-Problem\">Problem</a>"
                    : code(body.getKey()) + " " + type(body.getValue().path("schema"))));
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

  private void schema(Map.Entry<String, JsonNode> named) {
    JsonNode schema = named.getValue();
    html.append("<h3 id=\"schema-%1$s\">%1$s</h3>\n".formatted(named.getKey()));
    line("p", description(schema) + " " + (schema.has("properties") ? "" : value(schema)));
    if (schema.has("properties")) {
      List<String> required =
          schema.path("required").valueStream().map(JsonNode::asString).toList();
      table(
          List.of("member", "value", "meaning"),
          () ->
              schema
                  .path("properties")
                  .properties()
                  .forEach(member ->
                      row(
                          code(member.getKey())
                              + (required.contains(member.getKey()) ? " <b>required</b>" : ""),
                          value(member.getValue()),
                          description(member.getValue()))));
    }
  }

  private static String value(JsonNode schema) {
    String limits = limits(schema);
    return type(schema) + (limits.isEmpty() ? "" : "<br>" + limits);
  }

  private static String description(JsonNode node) {
    return prose(node.path("description").asString(""));
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asString().substring(1)) : node;
  }

  private static String title(String tag) {
    return tag.substring(0, 1).toUpperCase(Locale.ROOT) + tag.substring(1);
  }

  private void table(List<String> heads, Runnable rows) {
    html.append("<table><thead><tr>");
    heads.forEach(head -> line("th", head));
    html.append("</tr></thead><tbody>\n");
    rows.run();
    html.append("</tbody></table>\n");
  }

  private void row(String... cells) {
    html.append("<tr>");
    Consumer<String> cell = text -> line("td", text);
    Stream.of(cells).forEach(cell);
    html.append("</tr>\n");
  }

  private void line(String element, String content) {
    html.append("<%1$s>%2$s</%1$s>".formatted(element, content));
    html.append('\n');
  }
}
