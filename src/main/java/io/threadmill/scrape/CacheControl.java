package io.threadmill.scrape;

import io.threadmill.egress.Header;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The directives of {@code Cache-Control} (RFC 9111, section 5.2), all lines together. A directive
 * that names fields, such as {@code private="x-id"}, counts for the whole response.
 */
record CacheControl(Map<String, List<String>> directives) {

  /** More is taken for this, about 68 years (RFC 9111, section 1.2.2). */
  private static final long MOST_SECONDS = Integer.MAX_VALUE;

  static CacheControl of(List<Header> headers) {
    var directives = new HashMap<String, List<String>>();
    for (Header header : headers) {
      if (header.is("Cache-Control")) {
        for (String directive : split(header.value())) {
          int equals = directive.indexOf('=');
          String name = equals < 0 ? directive : directive.substring(0, equals);
          String value = equals < 0 ? "" : directive.substring(equals + 1).strip();
          directives
              .computeIfAbsent(name.strip().toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
              .add(value);
        }
      }
    }
    return new CacheControl(directives);
  }

  /** At commas, but not at those within quotes. */
  private static List<String> split(String value) {
    var parts = new ArrayList<String>();
    boolean quoted = false;
    int from = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\' && quoted) {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        parts.add(value.substring(from, i).strip());
        from = i + 1;
      }
    }
    parts.add(value.substring(from).strip());
    parts.removeIf(String::isEmpty);
    return parts;
  }

  boolean has(String name) {
    return directives.containsKey(name);
  }

  /**
   * A number of seconds; zero when it is no number, or given twice and differently, because then
   * nothing is known (RFC 9111, section 4.2.1).
   */
  Optional<Duration> seconds(String name) {
    List<String> values = directives.get(name);
    if (values == null) {
      return Optional.empty();
    }
    String first = values.getFirst();
    String number =
        first.length() > 1 && first.startsWith("\"") && first.endsWith("\"")
            ? first.substring(1, first.length() - 1)
            : first;
    boolean known =
        values.stream().distinct().count() == 1
            && !number.isEmpty()
            && number.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!known) {
      return Optional.of(Duration.ZERO);
    }
    return Optional.of(
        Duration.ofSeconds(
            number.length() > 10 ? MOST_SECONDS : Math.min(MOST_SECONDS, Long.parseLong(number))));
  }
}
