package io.threadmill.job;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many starts there may be in a time, written {@code 10/s}, {@code 600/m}, {@code 1000/h} or
 * {@code 5/d}. No window of that time ever holds more, wherever it begins. Immutable.
 *
 * <p>Starts are spread evenly. From a hundred a second on one may come early by up to {@link
 * #TOLERANCE}, because workers do not come by every few microseconds; the starts are then a little
 * further apart, by two in a hundred at most, so that the window holds nevertheless.
 *
 * @param starts how many, at least 1
 * @param period in how long
 */
public record Rate(int starts, Duration period) {

  /** As fast as a rate can be: a hundred microseconds between two starts. */
  public static final int MOST_PER_SECOND = 10_000;

  public static final String EXPECTED =
      "must be a rate such as \"10/s\", \"600/m\", \"1000/h\" or \"5/d\", at least 1 and at most %d a second"
          .formatted(MOST_PER_SECOND);

  static final Duration TOLERANCE = Duration.ofMillis(10);

  private static final Pattern TEXT = Pattern.compile("(\\d{1,9})/([smhd])");

  private enum Unit {
    S(Duration.ofSeconds(1)),
    M(Duration.ofMinutes(1)),
    H(Duration.ofHours(1)),
    D(Duration.ofDays(1));

    private final Duration period;

    Unit(Duration period) {
      this.period = period;
    }
  }

  public Rate {
    if (starts < 1 || !period.isPositive()) {
      throw new IllegalArgumentException("a rate needs a start and a time, not " + starts);
    }
  }

  /** One start in a time. */
  public static Rate every(Duration interval) {
    return new Rate(1, interval);
  }

  /** The rate, or empty when the text is none or it is faster than there can be. */
  public static Optional<Rate> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int starts = Integer.parseInt(matcher.group(1));
    Duration period = Unit.valueOf(matcher.group(2).toUpperCase(Locale.ROOT)).period;
    return starts < 1 || starts > MOST_PER_SECOND * period.toSeconds()
        ? Optional.empty()
        : Optional.of(new Rate(starts, period));
  }

  /** Microseconds between two starts. */
  public long intervalMicros() {
    return Math.ceilDiv(micros(period), starts - early());
  }

  /** By how many microseconds a start may come before its time. */
  public long toleranceMicros() {
    return early() * intervalMicros();
  }

  /** How many starts the tolerance is worth. */
  private long early() {
    return Math.min(starts - 1L, micros(TOLERANCE) * starts / micros(period));
  }

  private static long micros(Duration duration) {
    return Math.addExact(
        Math.multiplyExact(duration.getSeconds(), 1_000_000L), duration.getNano() / 1000);
  }

  @Override
  public String toString() {
    return starts
        + "/"
        + Arrays.stream(Unit.values())
            .filter(unit -> unit.period.equals(period))
            .findFirst()
            .map(unit -> unit.name().toLowerCase(Locale.ROOT))
            .orElseGet(() -> DurationText.format(period));
  }
}
