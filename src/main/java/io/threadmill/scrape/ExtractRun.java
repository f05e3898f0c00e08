package io.threadmill.scrape;

import com.google.re2j.Matcher;
import io.threadmill.scrape.ExtractField.Get;
import io.threadmill.scrape.ExtractField.Source;
import java.util.List;
import org.jsoup.nodes.Element;
import org.jsoup.select.Evaluator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One extraction from one page, with its budgets. Used once, by one thread. */
final class ExtractRun {

  /** Matched elements in all; a page of rows has hundreds. */
  static final int MAX_MATCHES = 10_000;

  /** Characters of text in all. */
  static final int MAX_TEXT = 1 << 20;

  private static final int MAX_REPORT = 1000;
  private static final int MAX_REPORTED_VALUE = 200;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final UrlResolver urls;
  private final ArrayNode report = JSON.arrayNode();
  private @Nullable String missing;
  private int matches = MAX_MATCHES;
  private int text = MAX_TEXT;

  ExtractRun(UrlResolver urls) {
    this.urls = urls;
  }

  Extraction run(List<ExtractField> fields, @Nullable Element root) {
    return new Extraction(object(fields, root, ""), report, missing);
  }

  private ObjectNode object(List<ExtractField> fields, @Nullable Element root, String path) {
    ObjectNode object = JSON.objectNode();
    for (ExtractField field : fields) {
      String here = path.isEmpty() ? field.name() : path + "." + field.name();
      object.set(field.name(), settled(field, value(field, root, here), here));
    }
    return object;
  }

  /** The value, or what stands for its absence. */
  private JsonNode settled(ExtractField field, @Nullable JsonNode value, String path) {
    boolean absent = value == null || empty(value);
    JsonNode fallback = field.fallback();
    if (absent && fallback != null && !(field.required() && fallback.isNull())) {
      return fallback.deepCopy();
    }
    if (absent && field.required()) {
      report(path, "REQUIRED", null);
      missing = missing == null ? path : missing;
    }
    if (value != null) {
      return value;
    }
    return field.many() ? JSON.arrayNode() : JSON.nullNode();
  }

  private @Nullable JsonNode value(ExtractField field, @Nullable Element root, String path) {
    JsonNode last = null;
    for (Source source : field.sources()) {
      JsonNode value = value(field, source, root, path);
      if (value != null && !empty(value)) {
        return value;
      }
      last = last == null ? value : last;
    }
    return last;
  }

  private static boolean empty(JsonNode value) {
    return value.isArray() ? value.isEmpty() : value.isString() && value.stringValue().isBlank();
  }

  private @Nullable JsonNode value(
      ExtractField field, Source source, @Nullable Element root, String path) {
    // Whoever interrupts a parse wants it to end; the budget's end is the way out of every loop.
    if (Thread.currentThread().isInterrupted()) {
      matches = 0;
    }
    int wanted = field.many() || source.get() == Get.COUNT ? Integer.MAX_VALUE : 1;
    List<Element> found = root == null ? List.of() : select(source.css(), root, wanted, path);
    return switch (source.get()) {
      case EXISTS -> JSON.booleanNode(!found.isEmpty());
      case COUNT -> JSON.numberNode(found.size());
      default -> field.many() ? all(field, source, found, path) : first(field, source, found, path);
    };
  }

  private @Nullable JsonNode first(
      ExtractField field, Source source, List<Element> found, String path) {
    return found.isEmpty() ? null : one(field, source, found.getFirst(), path);
  }

  private JsonNode all(ExtractField field, Source source, List<Element> found, String path) {
    ArrayNode all = JSON.arrayNode();
    for (int i = 0; i < found.size(); i++) {
      JsonNode one = one(field, source, found.get(i), path + "[" + i + "]");
      if (one != null) {
        all.add(one);
      }
    }
    return all;
  }

  private List<Element> select(@Nullable Evaluator css, Element root, int wanted, String path) {
    if (matches <= 0) {
      report(path, "LIMIT", null);
      return List.of();
    }
    List<Element> found =
        css == null
            ? List.of(root)
            : root.selectStream(css).limit(Math.min((long) wanted, matches + 1L)).toList();
    if (found.size() > matches) {
      report(path, "LIMIT", null);
      found = found.subList(0, matches);
    }
    matches -= found.size();
    return found;
  }

  private @Nullable JsonNode one(ExtractField field, Source source, Element element, String path) {
    if (!field.fields().isEmpty()) {
      return object(field.fields(), element, path);
    }
    String raw = read(source, element);
    if (raw != null && field.regex() != null) {
      Matcher matcher = field.regex().matcher(raw);
      raw = matcher.find() ? matcher.group(matcher.groupCount() == 0 ? 0 : 1) : null;
    }
    if (raw == null || (raw.isBlank() && field.type() != ExtractField.Type.STRING)) {
      return null;
    }
    if (raw.length() > text) {
      report(path, "LIMIT", raw);
      return null;
    }
    JsonNode typed = ExtractTypes.convert(raw, field.type(), urls);
    if (typed == null) {
      report(path, "TYPE", raw);
      return null;
    }
    text -= raw.length();
    return typed;
  }

  private @Nullable String read(Source source, Element element) {
    return switch (source.get()) {
      case TEXT -> element.text();
      case OWN_TEXT -> element.ownText();
      case HTML -> element.html();
      case OUTER_HTML -> element.outerHtml();
      case ATTRIBUTE -> attribute(source.attribute(), element);
      case EXISTS, COUNT -> null;
    };
  }

  private @Nullable String attribute(@Nullable String name, Element element) {
    if (name == null || !element.hasAttr(name)) {
      return null;
    }
    String value = element.attr(name);
    if (name.equals("href") || name.equals("src")) {
      String absolute = urls.resolve(value);
      return absolute == null ? value : absolute;
    }
    return value;
  }

  private void report(String path, String code, @Nullable String value) {
    if (report.size() < MAX_REPORT) {
      ObjectNode entry = report.addObject().put("path", path).put("code", code);
      entry.put(
          "value",
          value == null || value.length() <= MAX_REPORTED_VALUE
              ? value
              : value.substring(0, MAX_REPORTED_VALUE));
    }
  }
}
