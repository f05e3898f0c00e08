package io.threadmill.webhook;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When a failed delivery is tried again: after the pauses of the settings, each up to a tenth
 * shorter or longer so that deliveries that failed together do not come back together, and not
 * before the receiver's Retry-After. Thread-safe if its random source is.
 */
final class RetrySchedule {

  private static final double JITTER = 0.1;
  private static final Duration LONGEST_ASKED = Duration.ofDays(1);

  private final List<Duration> pauses;
  private final RandomGenerator random;

  RetrySchedule(List<Duration> pauses, RandomGenerator random) {
    this.pauses = List.copyOf(pauses);
    this.random = random;
  }

  /**
   * The pause after a failure, or nothing after the last.
   *
   * @param failedBefore how many tries had failed before this one
   * @param retryAfter the receiver's header, if any
   */
  Optional<Duration> after(int failedBefore, @Nullable String retryAfter, Instant now) {
    if (failedBefore >= pauses.size()) {
      return Optional.empty();
    }
    double factor = random.nextDouble(1 - JITTER, 1 + JITTER);
    Duration pause =
        Duration.ofMillis(Math.max(1, Math.round(pauses.get(failedBefore).toMillis() * factor)));
    Duration asked = asked(retryAfter, now);
    return Optional.of(asked.compareTo(pause) > 0 ? asked : pause);
  }

  /** Seconds or a date (RFC 9110, section 10.2.3); what is neither asks for nothing. */
  private static Duration asked(@Nullable String retryAfter, Instant now) {
    if (retryAfter == null) {
      return Duration.ZERO;
    }
    String text = retryAfter.strip();
    Duration asked = Duration.ZERO;
    if (text.matches("\\d{1,9}")) {
      asked = Duration.ofSeconds(Long.parseLong(text));
    } else {
      try {
        Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        asked = Duration.between(now, until);
      } catch (DateTimeParseException _) {
        return Duration.ZERO;
      }
    }
    return asked.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked;
  }
}
