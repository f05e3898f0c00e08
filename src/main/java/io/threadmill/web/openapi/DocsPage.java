package io.threadmill.web.openapi;

import static io.threadmill.web.openapi.SchemaText.code;
import static io.threadmill.web.openapi.SchemaText.description;
import static io.threadmill.web.openapi.SchemaText.prose;
import static io.threadmill.web.openapi.SchemaText.type;
import static io.threadmill.web.openapi.SchemaText.value;

import io.threadmill.web.openapi.OperationHtml.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.web.util.HtmlUtils;
import tools.jackson.databind.JsonNode;

/** The OpenAPI document as one page of HTML, without scripts. Used by one thread. */
final class DocsPage {

  private final JsonNode document;
  private final Html html = new Html();

  DocsPage(JsonNode document) {
    this.document = document;
  }

  String html() {
    JsonNode info = document.path("info");
    html.raw(
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>API · Threadmill</title>
        <link rel="stylesheet" href="/threadmill.css"></head>
        <body><main class="wide"><h1>Threadmill's API</h1>
        """);
    html.line("p", prose(info.path("description").asString()));
    html.line(
        "p",
        "The same for programs: <a href=\"/v3/api-docs\">OpenAPI 3.1</a>. This is version "
            + code(info.path("version").asString())
            + ". Further down: <a href=\"#problems\">problems</a>, <a href=\"#headers\">headers</a>,"
            + " <a href=\"#schemas\">schemas</a>. <a href=\"/\">What runs here</a>.");
    document
        .at("/components/securitySchemes")
        .forEach(scheme -> {
          html.line("h2", "Keys");
          html.line("p", description(scheme));
        });
    List<Operation> operations = operations();
    html.line("h2", "Operations");
    forEachTag(operations, (tag, some) -> contents(tag, some));
    var writer = new OperationHtml(document, html);
    forEachTag(
        operations,
        (tag, some) -> {
          html.heading("h2", "tag-" + name(tag), title(name(tag)));
          html.line("p", description(tag));
          some.forEach(writer::write);
        });
    problems();
    headers();
    html.heading("h2", "schemas", "Schemas");
    document.at("/components/schemas").properties().stream()
        .filter(schema -> !schema.getKey().endsWith(SchemaText.OR_NULL))
        .forEach(this::schema);
    html.raw("</main></body></html>\n");
    return linked(html.toString());
  }

  /** A schema that a text names becomes a link. */
  private String linked(String page) {
    return Pattern.compile("<code>([A-Z][A-Za-z]+)</code>")
        .matcher(page)
        .replaceAll(code ->
            document.at("/components/schemas").has(code.group(1))
                ? "<a href=\"#schema-$1\">$1</a>"
                : "$0");
  }

  private interface OfTag {
    void write(JsonNode tag, List<Operation> operations);
  }

  private void forEachTag(List<Operation> operations, OfTag section) {
    for (JsonNode tag : document.path("tags")) {
      section.write(
          tag, operations.stream().filter(operation -> operation.hasTag(name(tag))).toList());
    }
  }

  private List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    collect(document.path("paths"), false, operations);
    collect(document.path("webhooks"), true, operations);
    return operations;
  }

  private static void collect(JsonNode items, boolean out, List<Operation> into) {
    for (Map.Entry<String, JsonNode> path : items.properties()) {
      for (Map.Entry<String, JsonNode> member : path.getValue().properties()) {
        if (ProblemResponses.METHODS.contains(member.getKey())) {
          into.add(
              new Operation(
                  member.getKey().toUpperCase(Locale.ROOT),
                  path.getKey(),
                  path.getValue(),
                  member.getValue(),
                  out));
        }
      }
    }
  }

  private void contents(JsonNode tag, List<Operation> operations) {
    html.line("h3", "<a href=\"#tag-%1$s\">%2$s</a>".formatted(name(tag), title(name(tag))));
    html.raw("<ul>");
    operations.forEach(operation ->
        html.line(
            "li",
            "<a href=\"#%s\">%s</a> %s"
                .formatted(
                    operation.id(),
                    operation.call(),
                    prose(operation.node().path("summary").asString()))));
    html.raw("</ul>\n");
  }

  private void problems() {
    html.heading("h2", "problems", "Problems");
    html.line(
        "p",
        "Every error is one of these as a <a href=\"#schema-Problem\">Problem</a>; the page of each"
            + " tells what to do. <a href=\"/problems\">All</a>, with those that a job can end with.");
    Set<String> slugs = new TreeSet<>();
    for (JsonNode path : document.path("paths")) {
      for (JsonNode operation : path) {
        operation
            .path("responses")
            .forEach(answer ->
                slugs.addAll(
                    answer.at("/content/application~1problem+json/examples").propertyNames()));
      }
    }
    html.table(
        List.of("status", "type", "title", "meaning"),
        () -> {
          for (String slug : slugs) {
            JsonNode problem = document.at("/components/examples/" + slug + "/value");
            html.row(
                code(problem.path("status").asString()),
                "<a href=\"/problems/%1$s\">%1$s</a>".formatted(slug),
                prose(problem.path("title").asString()),
                prose(problem.path("detail").asString()));
          }
        });
    html.folded(
        "Such as this",
        HtmlUtils.htmlEscape(
            document.at("/components/examples/job-not-found/value").toPrettyString()));
  }

  private void headers() {
    html.heading("h2", "headers", "Headers of answers");
    html.table(
        List.of("header", "value", "meaning"),
        () -> {
          Set<String> told = new TreeSet<>();
          for (JsonNode path : document.path("paths")) {
            for (JsonNode operation : path) {
              operation
                  .path("responses")
                  .forEach(answer ->
                      answer
                          .path("headers")
                          .properties()
                          .forEach(header -> {
                            String reference = header.getValue().path("$ref").asString();
                            if (told.add(header.getKey() + reference)) {
                              header(header.getKey(), document.at(reference.substring(1)));
                            }
                          }));
            }
          }
        });
  }

  private void header(String name, JsonNode header) {
    html.row(code(name), value(header.path("schema")), description(header));
  }

  private void schema(Map.Entry<String, JsonNode> named) {
    JsonNode schema = named.getValue();
    html.heading("h3", "schema-" + named.getKey(), named.getKey());
    String bases =
        schema
            .path("allOf")
            .valueStream()
            .filter(base -> base.has("$ref"))
            .map(base -> type(base))
            .collect(Collectors.joining(" and "));
    List<String> required = schema.path("required").valueStream().map(JsonNode::asString).toList();
    boolean all = required.size() > 1 && required.size() == schema.path("properties").size();
    html.line(
        "p",
        description(schema)
            + (all ? " All members are required." : "")
            + (bases.isEmpty() ? "" : " Has all members of " + bases + " too.")
            + (schema.has("properties") ? "" : " " + value(schema)));
    if (schema.has("properties")) {
      html.table(
          List.of("member", "value", "meaning"),
          () ->
              schema
                  .path("properties")
                  .properties()
                  .forEach(member ->
                      html.row(
                          code(member.getKey())
                              + (!all && required.contains(member.getKey())
                                  ? " <b>required</b>"
                                  : ""),
                          value(member.getValue()),
                          description(member.getValue()))));
    }
    schema
        .path("examples")
        .forEach(example -> html.line("p", "Such as " + code(text(example)) + "."));
  }

  private static String text(JsonNode example) {
    return example.isString() ? example.asString() : example.toString();
  }

  private static String name(JsonNode tag) {
    return HtmlUtils.htmlEscape(tag.path("name").asString());
  }

  private static String title(String tag) {
    return tag.substring(0, 1).toUpperCase(Locale.ROOT) + tag.substring(1);
  }
}
