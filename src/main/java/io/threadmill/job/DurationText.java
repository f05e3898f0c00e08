package io.threadmill.job;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as the contract writes them: {@code 250ms}, {@code 30s}, {@code 5m}, {@code 2h}, {@code
 * 1d}; ISO-8601 ({@code PT30S}) is read too.
 */
public final class DurationText {

  public static final String EXPECTED =
      "must be a duration such as \"250ms\", \"30s\", \"5m\", \"2h\", \"1d\" or \"PT30S\"";

  private static final Pattern SHORT = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

  /** About 68 years: far over any limit of ours, far under what a long of nanoseconds holds. */
  private static final Duration MAX = Duration.ofSeconds(Integer.MAX_VALUE);

  private DurationText() {}

  /** The duration, or empty when the text is none, is negative or absurdly long. */
  public static Optional<Duration> parse(String text) {
    try {
      Matcher matcher = SHORT.matcher(text);
      Duration duration =
          matcher.matches()
              ? multiple(matcher.group(2), Long.parseLong(matcher.group(1)))
              : Duration.parse(text);
      return duration.isNegative() || duration.compareTo(MAX) > 0
          ? Optional.empty()
          : Optional.of(duration);
    } catch (DateTimeParseException | ArithmeticException _) {
      return Optional.empty();
    }
  }

  private static Duration multiple(String unit, long count) {
    return switch (unit) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  /** The shortest exact form, in milliseconds at the finest. */
  public static String format(Duration duration) {
    long millis = duration.toMillis();
    if (millis != 0 && millis % 86_400_000 == 0) {
      return millis / 86_400_000 + "d";
    }
    if (millis != 0 && millis % 3_600_000 == 0) {
      return millis / 3_600_000 + "h";
    }
    if (millis != 0 && millis % 60_000 == 0) {
      return millis / 60_000 + "m";
    }
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }

  /** Seconds, rounded up, as Retry-After wants them; at least one. */
  public static long retryAfterSeconds(Duration duration) {
    return Math.max(
        1,
        BigDecimal.valueOf(duration.toMillis(), 3).setScale(0, RoundingMode.CEILING).longValue());
  }
}
