package io.threadmill.scrape;

import io.threadmill.job.Violations;
import java.util.List;
import org.jsoup.nodes.Element;
import org.jsoup.select.Evaluator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A compiled {@code extract} schema: data that says which parts of a page become which fields.
 * Nothing in it is evaluated as code, and its regexes run in linear time. Immutable, thread-safe.
 */
final class ExtractSchema {

  private final @Nullable Evaluator scope;
  private final List<ExtractField> fields;

  ExtractSchema(@Nullable Evaluator scope, List<ExtractField> fields) {
    this.scope = scope;
    this.fields = List.copyOf(fields);
  }

  /**
   * Compiles a schema once for any number of pages.
   *
   * @param violations gets every fault, with a JSON Pointer that starts with {@code pointer}
   * @return the schema without its faulty fields
   */
  static ExtractSchema compile(JsonNode schema, Violations violations, String pointer) {
    return new ExtractCompiler(violations).compile(schema, pointer);
  }

  /**
   * Reads the fields of one page. Never fails: what is missing or wrong stands in the report.
   *
   * @param root a document, or the element to stay within
   * @param baseUri what relative addresses are relative to
   */
  Extraction extract(Element root, String baseUri) {
    Element start = scope == null ? root : root.selectFirst(scope);
    return new ExtractRun(new UrlResolver(baseUri)).run(fields, start);
  }
}
