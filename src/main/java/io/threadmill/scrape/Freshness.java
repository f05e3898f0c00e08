package io.threadmill.scrape;

import io.threadmill.egress.Header;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How long a response speaks for its site, and whether it may be kept at all, as a shared cache
 * sees it (RFC 9111). A pure function of status and headers.
 *
 * @param lifetime how long it is fresh from its origination; zero when nothing says so
 * @param initialAge how old it was when it was asked for
 */
record Freshness(Duration lifetime, Duration initialAge) {

  /** A guess from {@code Last-Modified} never lasts longer. */
  static final Duration LONGEST_GUESS = Duration.ofHours(24);

  private static final int GUESS_DIVISOR = 10;

  /** May be kept although nothing explicit says so (RFC 9110, section 15.1); 206 is a part. */
  private static final Set<Integer> KEPT_BY_DEFAULT = Set.of(200, 203, 204);

  /**
   * @param askedAt when the request was sent
   */
  static Freshness of(int status, List<Header> headers, Instant askedAt) {
    Instant date =
        first(headers, "Date").flatMap(text -> HttpDate.parse(text, askedAt)).orElse(askedAt);
    return new Freshness(lifetime(status, headers, date, askedAt), age(headers, date, askedAt));
  }

  /** RFC 9111, sections 4.2.1 and 4.2.2. */
  private static Duration lifetime(
      int status, List<Header> headers, Instant date, Instant askedAt) {
    CacheControl control = CacheControl.of(headers);
    if (control.has("no-cache")) {
      return Duration.ZERO; // it must be asked for each time
    }
    Optional<Duration> told = control.seconds("s-maxage").or(() -> control.seconds("max-age"));
    if (told.isPresent()) {
      return told.get();
    }
    Optional<String> expires = first(headers, "Expires");
    if (expires.isPresent()) { // what is no date, such as 0, is past
      return HttpDate.parse(expires.get(), askedAt)
          .map(at -> positive(Duration.between(date, at)))
          .orElse(Duration.ZERO);
    }
    if (!KEPT_BY_DEFAULT.contains(status)) {
      return Duration.ZERO;
    }
    return first(headers, "Last-Modified")
        .flatMap(text -> HttpDate.parse(text, askedAt))
        .map(at -> positive(Duration.between(at, date)).dividedBy(GUESS_DIVISOR))
        .map(guess -> guess.compareTo(LONGEST_GUESS) > 0 ? LONGEST_GUESS : guess)
        .orElse(Duration.ZERO);
  }

  /**
   * RFC 9111, section 4.2.3, reckoned from the request on, so that the response's delay counts in
   * full.
   */
  private static Duration age(List<Header> headers, Instant date, Instant askedAt) {
    Duration apparent = positive(Duration.between(date, askedAt));
    Duration told =
        first(headers, "Age")
            .map(value -> value.split(",", -1)[0].strip())
            .filter(value -> value.matches("[0-9]{1,10}"))
            .map(value -> Duration.ofSeconds(Long.parseLong(value)))
            .orElse(Duration.ZERO);
    return apparent.compareTo(told) > 0 ? apparent : told;
  }

  /** Whether the response may be used without asking, so long after it was asked for. */
  boolean isFreshAfter(Duration since) {
    return lifetime.compareTo(initialAge.plus(positive(since))) > 0;
  }

  /** Why a response must not be kept, or null when it may. */
  static @Nullable String whyNotKept(int status, List<Header> headers) {
    CacheControl control = CacheControl.of(headers);
    if (status < 200 || status > 299 || status == 206) {
      return "status";
    }
    if (control.has("no-store")) {
      return "no-store";
    }
    if (control.has("private")) {
      return "private";
    }
    if (headers.stream().anyMatch(h -> h.is("Vary") && h.value().contains("*"))) {
      return "Vary: *";
    }
    if (first(headers, "Set-Cookie").isPresent() && !control.has("public")) {
      return "Set-Cookie";
    }
    boolean explicit =
        control.has("public")
            || control.has("max-age")
            || control.has("s-maxage")
            || first(headers, "Expires").isPresent();
    return KEPT_BY_DEFAULT.contains(status) || explicit ? null : "status";
  }

  private static Optional<String> first(List<Header> headers, String name) {
    return headers.stream().filter(header -> header.is(name)).map(Header::value).findFirst();
  }

  private static Duration positive(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }
}
