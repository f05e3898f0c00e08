package io.threadmill.web.openapi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.web.util.HtmlUtils;
import tools.jackson.databind.JsonNode;

/** Says in a few words of HTML what a schema allows. */
final class SchemaText {

  private static final String SCHEMAS = "#/components/schemas/";

  /** Ends the name of a schema that is another one or null. */
  static final String OR_NULL = "OrNull";

  private SchemaText() {}

  /** Escaped text whose {@code `code`} stays code. */
  static String prose(String text) {
    return HtmlUtils.htmlEscape(text).replaceAll("`([^`]*)`", "<code>$1</code>");
  }

  static String code(String text) {
    return "<code>" + HtmlUtils.htmlEscape(text) + "</code>";
  }

  static String description(JsonNode node) {
    return prose(node.path("description").asString(""));
  }

  /** The kind of value and its limits. */
  static String value(JsonNode schema) {
    String limits = limits(schema);
    return type(schema) + (limits.isEmpty() ? "" : "<br>" + limits);
  }

  /** The kind of value: a link to a named schema, or the JSON types. */
  static String type(JsonNode schema) {
    if (schema.has("$ref")) {
      return link(schema.path("$ref").asString());
    }
    if (schema.has("oneOf")) {
      return either(schema.path("oneOf"));
    }
    if (schema.has("enum")) {
      return schema
          .path("enum")
          .valueStream()
          .map(value -> code(value.isString() ? value.asString() : value.toString()))
          .collect(Collectors.joining(" "));
    }
    JsonNode type = schema.path("type");
    if (schema.has("items") && type.isArray()) { // an array or null
      return "array of " + type(schema.path("items")) + " or null";
    }
    if (type.isArray()) {
      return type.valueStream()
          .map(one -> HtmlUtils.htmlEscape(one.asString()))
          .collect(Collectors.joining(" or "));
    }
    return switch (type.asString("any JSON")) {
      case "array" -> schema.has("items") ? "array of " + type(schema.path("items")) : "array";
      case "object" ->
          schema.path("additionalProperties").isObject()
              ? "object of " + type(schema.path("additionalProperties"))
              : "object";
      case String plain -> HtmlUtils.htmlEscape(plain);
    };
  }

  private static String either(JsonNode options) {
    return options.valueStream().map(SchemaText::type).collect(Collectors.joining(" or "));
  }

  static String link(String reference) {
    String whole = HtmlUtils.htmlEscape(reference.substring(SCHEMAS.length()));
    String name = whole.endsWith(OR_NULL) ? whole.replace(OR_NULL, "") : whole;
    String link = "<a href=\"#schema-%s\">%s</a>".formatted(name, name);
    return name.equals(whole) ? link : link + " or null";
  }

  /** Limits, form and default, each a short phrase; empty where there are none. */
  static String limits(JsonNode schema) {
    List<String> limits = new ArrayList<>();
    range(limits, schema, "minimum", "maximum", "");
    range(limits, schema, "minLength", "maxLength", " characters");
    range(limits, schema, "minItems", "maxItems", " items");
    range(limits, schema, "minProperties", "maxProperties", " members");
    String each = schema.has("items") ? limits(schema.path("items")) : "";
    if (!each.isEmpty()) {
      limits.add("each " + each);
    }
    for (Map.Entry<String, String> keyword :
        List.of(
            Map.entry("format", "format"),
            Map.entry("pattern", "form"),
            Map.entry("const", "always"),
            Map.entry("default", "default"))) {
      JsonNode value = schema.path(keyword.getKey());
      if (!value.isMissingNode()) {
        limits.add(
            keyword.getValue() + " " + code(value.isString() ? value.asString() : value + ""));
      }
    }
    return String.join(", ", limits);
  }

  private static void range(
      List<String> limits, JsonNode schema, String least, String most, String unit) {
    JsonNode from = schema.path(least);
    JsonNode to = schema.path(most);
    if (from.isNumber() && to.isNumber()) {
      limits.add(from.equals(to) ? from + unit : from + " to " + to + unit);
    } else if (from.isNumber() && from.asInt() == 1 && !unit.isEmpty()) {
      limits.add("not empty");
    } else if (from.isNumber()) {
      limits.add("at least " + from + unit);
    } else if (to.isNumber()) {
      limits.add("at most " + to + unit);
    }
  }
}
