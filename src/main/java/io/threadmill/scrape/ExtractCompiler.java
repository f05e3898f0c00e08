package io.threadmill.scrape;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.threadmill.job.Violations;
import io.threadmill.scrape.ExtractField.Get;
import io.threadmill.scrape.ExtractField.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jsoup.select.Evaluator;
import org.jsoup.select.QueryParser;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Compiles one schema and says of each fault where it stands and what would be right. */
final class ExtractCompiler {

  static final int MAX_FIELDS = 200;
  static final int MAX_DEPTH = 6;

  /** Characters of a selector or regex: both compile by recursion, so length bounds the stack. */
  static final int MAX_SELECTOR = 2048;

  private static final int MAX_NAME = 200;
  private static final int MAX_ALTERNATIVES = 20;
  private static final int MAX_REASON = 200;

  private static final Set<String> KNOWN =
      Set.of("css", "get", "many", "fields", "default", "required", "regex", "first", "type");
  private static final Set<String> LATER =
      Set.of("xpath", "jsonpath", "jsonld", "meta", "table", "locale", "format");
  private static final Set<String> LATER_TYPES = Set.of("date", "datetime", "json");
  private static final String LATER_DETAIL = "is not available in this version";
  private static final Source ELEMENT = new Source(null, Get.TEXT, null);
  private static final Pattern ATTRIBUTE = Pattern.compile("[A-Za-z_:][A-Za-z0-9_:.-]*");

  private final Violations violations;
  private int count;

  ExtractCompiler(Violations violations) {
    this.violations = violations;
  }

  ExtractSchema compile(JsonNode schema, String pointer) {
    if (!schema.isObject()) {
      violations.add(pointer, "must be an object with \"fields\"");
      return new ExtractSchema(null, List.of());
    }
    for (String key : schema.propertyNames()) {
      if (!key.equals("scope") && !key.equals("fields")) {
        unknown(key, pointer, Set.of("scope", "fields"));
      }
    }
    JsonNode scope = schema.get("scope");
    Evaluator within = scope == null ? null : css(scope, pointer + "/scope");
    return new ExtractSchema(within, fields(schema.get("fields"), pointer + "/fields", 1));
  }

  private List<ExtractField> fields(@Nullable JsonNode fields, String pointer, int depth) {
    if (fields == null || !fields.isObject() || fields.isEmpty()) {
      violations.add(pointer, "must be an object with at least one field");
      return List.of();
    }
    if (depth > MAX_DEPTH) {
      violations.add(pointer, "must not nest deeper than %d levels".formatted(MAX_DEPTH));
      return List.of();
    }
    List<ExtractField> compiled = new ArrayList<>(fields.size());
    for (Map.Entry<String, JsonNode> entry : fields.properties()) {
      String here = pointer + "/" + Violations.escape(entry.getKey());
      if (++count > MAX_FIELDS) {
        violations.add(pointer, "must not have more than %d fields in all".formatted(MAX_FIELDS));
        return compiled;
      }
      if (entry.getKey().isBlank() || entry.getKey().length() > MAX_NAME) {
        violations.add(here, "must have a name of 1 to %d characters".formatted(MAX_NAME));
        continue;
      }
      ExtractField field = field(entry.getKey(), entry.getValue(), here, depth);
      if (field != null) {
        compiled.add(field);
      }
    }
    return compiled;
  }

  private @Nullable ExtractField field(String name, JsonNode spec, String pointer, int depth) {
    if (spec.isString()) {
      return simple(name, source(spec, pointer), false);
    }
    if (spec.isArray() && spec.size() == 1 && spec.get(0).isString()) {
      return simple(name, source(spec.get(0), pointer + "/0"), true);
    }
    if (spec.isObject()) {
      return full(name, spec, pointer, depth);
    }
    violations.add(pointer, "must be a CSS selector, an array of one, or an object");
    return null;
  }

  private static @Nullable ExtractField simple(String name, @Nullable Source source, boolean many) {
    return source == null
        ? null
        : new ExtractField(
            name, List.of(source), many, null, ExtractField.Type.STRING, List.of(), null, false);
  }

  private ExtractField full(String name, JsonNode spec, String pointer, int depth) {
    for (String key : spec.propertyNames()) {
      if (!KNOWN.contains(key)) {
        unknown(key, pointer, KNOWN);
      }
    }
    boolean many = flag(spec, "many", pointer);
    List<Source> sources =
        spec.has("first") ? first(spec, pointer) : List.of(longSource(spec, pointer));
    Get get = sources.isEmpty() ? Get.TEXT : sources.getFirst().get();
    boolean counts = get == Get.EXISTS || get == Get.COUNT;
    if (counts) {
      refuse(spec, pointer, "together with get exists or count", "many", "regex", "type", "fields");
    }
    List<ExtractField> nested = List.of();
    if (spec.has("fields")) {
      refuse(spec, pointer, "together with fields", "get", "regex", "type");
      nested = fields(spec.get("fields"), pointer + "/fields", depth + 1);
    }
    return new ExtractField(
        name,
        sources,
        many && !counts,
        regex(spec.get("regex"), pointer + "/regex"),
        type(spec.get("type"), pointer + "/type"),
        nested,
        spec.get("default"),
        flag(spec, "required", pointer));
  }

  private void refuse(JsonNode spec, String pointer, String where, String... keys) {
    for (String key : keys) {
      if (spec.has(key)) {
        violations.add(pointer + "/" + key, "has no meaning " + where);
      }
    }
  }

  private boolean flag(JsonNode spec, String key, String pointer) {
    JsonNode flag = spec.get(key);
    if (flag != null && !flag.isBoolean()) {
      violations.add(pointer + "/" + key, "must be true or false");
      return false;
    }
    return flag != null && flag.booleanValue();
  }

  private List<Source> first(JsonNode spec, String pointer) {
    refuse(spec, pointer, "together with first, whose selectors name their own", "css", "get");
    JsonNode first = spec.path("first");
    String here = pointer + "/first";
    if (!first.isArray() || first.isEmpty() || first.size() > MAX_ALTERNATIVES) {
      violations.add(here, "must be an array of 1 to %d selectors".formatted(MAX_ALTERNATIVES));
      return List.of();
    }
    List<Source> sources = new ArrayList<>(first.size());
    for (int i = 0; i < first.size(); i++) {
      Source source = source(first.get(i), here + "/" + i);
      if (source != null) {
        sources.add(source);
      }
    }
    return sources;
  }

  /** The short form: {@code css}, {@code css@attribute} or {@code @attribute}. */
  private @Nullable Source source(JsonNode spec, String pointer) {
    String text = spec.isString() ? spec.stringValue().strip() : "";
    int at = text.lastIndexOf('@');
    String attribute = at < 0 ? null : text.substring(at + 1);
    if (attribute == null || !ATTRIBUTE.matches(attribute)) {
      Evaluator css = css(spec, pointer);
      return css == null ? null : new Source(css, Get.TEXT, null);
    }
    String name = attribute.toLowerCase(Locale.ROOT);
    if (at == 0) {
      return new Source(null, Get.ATTRIBUTE, name);
    }
    Evaluator css = css(text.substring(0, at), pointer);
    return css == null ? null : new Source(css, Get.ATTRIBUTE, name);
  }

  private Source longSource(JsonNode spec, String pointer) {
    Evaluator css = spec.has("css") ? css(spec.path("css"), pointer + "/css") : null;
    JsonNode get = spec.get("get");
    String text = get == null ? "text" : get.isString() ? get.stringValue() : "";
    Get what =
        switch (text) {
          case "text" -> Get.TEXT;
          case "ownText" -> Get.OWN_TEXT;
          case "html" -> Get.HTML;
          case "outerHtml" -> Get.OUTER_HTML;
          case "exists" -> Get.EXISTS;
          case "count" -> Get.COUNT;
          default -> Get.ATTRIBUTE;
        };
    if (what != Get.ATTRIBUTE) {
      return new Source(css, what, null);
    }
    if (!text.startsWith("@") || !ATTRIBUTE.matches(text.substring(1))) {
      violations.add(
          pointer + "/get",
          "must be one of text, ownText, html, outerHtml, exists, count or @attribute");
      return ELEMENT;
    }
    return new Source(css, what, text.substring(1).toLowerCase(Locale.ROOT));
  }

  private @Nullable Evaluator css(JsonNode selector, String pointer) {
    if (!selector.isString()) {
      violations.add(pointer, "must be a string with a CSS selector");
      return null;
    }
    return css(selector.stringValue(), pointer);
  }

  private @Nullable Evaluator css(String selector, String pointer) {
    if (selector.isBlank() || selector.length() > MAX_SELECTOR) {
      violations.add(
          pointer, "must be a CSS selector of 1 to %d characters".formatted(MAX_SELECTOR));
      return null;
    }
    try {
      return QueryParser.parse(selector);
    } catch (IllegalStateException | IllegalArgumentException | PatternSyntaxException bad) {
      violations.add(pointer, "is not a CSS selector: " + reason(bad));
      return null;
    }
  }

  private @Nullable Pattern regex(@Nullable JsonNode regex, String pointer) {
    if (regex == null) {
      return null;
    }
    String text = regex.isString() ? regex.stringValue() : "";
    if (text.isEmpty() || text.length() > MAX_SELECTOR) {
      violations.add(pointer, "must be a regex of 1 to %d characters".formatted(MAX_SELECTOR));
      return null;
    }
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException bad) {
      violations.add(
          pointer,
          "is not a regex in RE2 syntax (no back-references, no look-around): " + reason(bad));
      return null;
    }
  }

  private ExtractField.Type type(@Nullable JsonNode type, String pointer) {
    String text = type == null ? "string" : type.isString() ? type.stringValue() : "";
    if (LATER_TYPES.contains(text)) {
      violations.add(pointer, "\"%s\" %s".formatted(text, LATER_DETAIL));
      return ExtractField.Type.STRING;
    }
    return switch (text) {
      case "string" -> ExtractField.Type.STRING;
      case "integer" -> ExtractField.Type.INTEGER;
      case "decimal" -> ExtractField.Type.DECIMAL;
      case "boolean" -> ExtractField.Type.BOOLEAN;
      case "url" -> ExtractField.Type.URL;
      default -> {
        violations.add(pointer, "must be one of string, integer, decimal, boolean, url");
        yield ExtractField.Type.STRING;
      }
    };
  }

  private void unknown(String key, String pointer, Set<String> known) {
    violations.add(
        pointer + "/" + Violations.escape(key),
        LATER.contains(key)
            ? LATER_DETAIL
            : "is not known; known are " + String.join(", ", new TreeSet<>(known)));
  }

  private static String reason(RuntimeException bad) {
    String message = bad.getMessage() == null ? "it cannot be read" : bad.getMessage();
    return message.length() > MAX_REASON ? message.substring(0, MAX_REASON) + "…" : message;
  }
}
