package io.threadmill.scrape;

import com.google.re2j.Pattern;
import java.util.List;
import org.jsoup.select.Evaluator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One compiled field of an extraction schema.
 *
 * @param sources tried in order; the first that gives something wins
 * @param fields not empty: the value is an object of these, taken from each matched element
 */
record ExtractField(
    String name,
    List<Source> sources,
    boolean many,
    @Nullable Pattern regex,
    Type type,
    List<ExtractField> fields,
    @Nullable JsonNode fallback,
    boolean required) {

  /** What is read of a matched element. */
  enum Get {
    TEXT,
    OWN_TEXT,
    HTML,
    OUTER_HTML,
    ATTRIBUTE,
    EXISTS,
    COUNT
  }

  /** What the text is made into. */
  enum Type {
    STRING,
    INTEGER,
    DECIMAL,
    BOOLEAN,
    URL
  }

  /**
   * Where a value comes from.
   *
   * @param css null: the element itself
   * @param attribute set when {@code get} is ATTRIBUTE
   */
  record Source(@Nullable Evaluator css, Get get, @Nullable String attribute) {}
}
