package io.threadmill.scrape;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;

/** The three forms of a date in HTTP (RFC 9110, section 5.6.7). */
final class HttpDate {

  private static final DateTimeFormatter ASCTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH);

  private HttpDate() {}

  static Optional<Instant> parse(String text, Instant now) {
    String value = text.strip();
    try {
      return Optional.of(
          ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException _) {
      return obsolete(value, now);
    }
  }

  private static Optional<Instant> obsolete(String value, Instant now) {
    try {
      return Optional.of(
          LocalDateTime.parse(value, value.contains(",") ? rfc850(now) : ASCTIME)
              .toInstant(ZoneOffset.UTC));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  /** Of two digits the year that is not more than 50 years ahead. */
  private static DateTimeFormatter rfc850(Instant now) {
    int year = now.atZone(ZoneOffset.UTC).getYear();
    return new DateTimeFormatterBuilder()
        .appendPattern("EEEE, dd-MMM-")
        .appendValueReduced(ChronoField.YEAR, 2, 2, year - 49)
        .appendPattern(" HH:mm:ss 'GMT'")
        .toFormatter(Locale.ENGLISH);
  }
}
