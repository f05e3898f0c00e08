package io.threadmill.compute.builtin;

import io.threadmill.compute.ComputeContext;
import io.threadmill.compute.ComputeFunction;
import io.threadmill.compute.Output;
import java.text.BreakIterator;
import java.text.Normalizer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Counts the words of texts. A word is what lies between two of Java's word boundaries (those of
 * Unicode, root locale) and holds a letter or a digit. Texts are brought into normal form C first,
 * so that an accent counts the same however it is written. Stateless.
 */
@Component
final class WordCount implements ComputeFunction<WordCount.Input> {

  private static final int WORDS_BETWEEN_CHECKS = 1024;

  private static final Comparator<Counted> MOST_FIRST =
      Comparator.comparingLong(Counted::count).reversed().thenComparing(Counted::word);

  record Input(List<String> texts, int top, boolean ignoreCase, int minLength) {}

  record Counted(String word, long count) {}

  record Result(long total, long distinct, List<Counted> top) {}

  @Override
  public String name() {
    return "word-count";
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public String description() {
    return "Counts the words of texts and tells the most frequent; of words as frequent, those"
        + " first that sort first.";
  }

  @Override
  public Class<Input> inputType() {
    return Input.class;
  }

  @Override
  public String inputSchema() {
    return """
    {
      "type": "object",
      "properties": {
        "texts": {
          "type": "array", "items": { "type": "string" }, "maxItems": 10000,
          "default": ["The mill grinds the grain, and the miller minds the mill."],
          "description": "What is counted; all of them together."
        },
        "top": {
          "type": "integer", "minimum": 0, "maximum": 10000, "default": 10,
          "description": "How many words are told."
        },
        "ignoreCase": {
          "type": "boolean", "default": true,
          "description": "Whether Mill and mill are one word, and told in small letters."
        },
        "minLength": {
          "type": "integer", "minimum": 1, "maximum": 1000, "default": 1,
          "description": "Words of fewer characters are not counted at all."
        }
      },
      "additionalProperties": false
    }
    """;
  }

  @Override
  public String outputSchema() {
    return """
    {
      "type": "object",
      "properties": {
        "total": { "type": "integer", "minimum": 0 },
        "distinct": { "type": "integer", "minimum": 0 },
        "top": {
          "type": "array",
          "items": {
            "type": "object",
            "properties": {
              "word": { "type": "string" },
              "count": { "type": "integer", "minimum": 1 }
            },
            "required": ["word", "count"],
            "additionalProperties": false
          }
        }
      },
      "required": ["total", "distinct", "top"],
      "additionalProperties": false
    }
    """;
  }

  @Override
  public String example() {
    return """
    { "texts": ["To be, or not to be", "that is the question"], "top": 3 }
    """;
  }

  @Override
  public Output compute(Input input, ComputeContext context) throws InterruptedException {
    Map<String, Long> counts = new HashMap<>();
    long total = 0;
    int done = 0;
    for (String text : input.texts()) {
      context.progress(done++, input.texts().size());
      total += count(Normalizer.normalize(text, Normalizer.Form.NFC), input, counts, context);
    }
    context.check();
    context.progress(done, done);
    List<Counted> top =
        counts.entrySet().stream()
            .map(entry -> new Counted(entry.getKey(), entry.getValue()))
            .sorted(MOST_FIRST)
            .limit(input.top())
            .toList();
    return new Output.Json(new Result(total, counts.size(), top));
  }

  private static long count(
      String text, Input input, Map<String, Long> counts, ComputeContext context)
      throws InterruptedException {
    BreakIterator boundaries = BreakIterator.getWordInstance(Locale.ROOT);
    boundaries.setText(text);
    long found = 0;
    int seen = 0;
    int start = boundaries.first();
    for (int end = boundaries.next(); end != BreakIterator.DONE; end = boundaries.next()) {
      if (seen++ % WORDS_BETWEEN_CHECKS == 0) {
        context.check();
      }
      String word = text.substring(start, end);
      start = end;
      if (isWord(word) && word.codePointCount(0, word.length()) >= input.minLength()) {
        counts.merge(input.ignoreCase() ? fold(word) : word, 1L, Long::sum);
        found++;
      }
    }
    return found;
  }

  private static boolean isWord(String piece) {
    return piece.codePoints().anyMatch(Character::isLetterOrDigit);
  }

  /** By way of capitals, so that letters with two small forms, such as the Greek sigma, are one. */
  private static String fold(String word) {
    return word.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }
}
