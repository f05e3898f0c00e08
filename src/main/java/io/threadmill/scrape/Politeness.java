package io.threadmill.scrape;

import io.threadmill.egress.Header;
import io.threadmill.egress.HopGate;
import io.threadmill.egress.Target;
import io.threadmill.job.HostProperties;
import io.threadmill.job.Limiter;
import io.threadmill.job.Limiter.Granted;
import io.threadmill.job.Limiter.Held;
import io.threadmill.job.Limiter.Kind;
import io.threadmill.job.Limiter.Numbers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides a host's numbers and reports them to the one limiter: what robots.txt asks for, and what
 * Retry-After says. A hop to another host reserves a place there. Thread-safe.
 */
final class Politeness {

  /** A pause asked for is kept to, up to this; a site that asks for more is asked again then. */
  static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  private static final Duration NUMBERS_TTL = Duration.ofHours(24);

  private final Limiter limiter;
  private final RobotsTxt robots;
  private final HostProperties host;
  private final InstantSource clock;

  Politeness(Limiter limiter, RobotsTxt robots, HostProperties host, InstantSource clock) {
    this.limiter = limiter;
    this.robots = robots;
    this.host = host;
    this.clock = clock;
  }

  /**
   * What robots.txt says of a page.
   *
   * @param own the host whose place the job holds already
   */
  RobotsTxt.Answer ask(Target target, String own, Duration lease) throws InterruptedException {
    RobotsTxt.Answer answer = robots.ask(target, placeGate(own, lease));
    if (answer instanceof RobotsTxt.Allowed(Duration delay)
        && delay != null
        && delay.compareTo(host.delay()) > 0) {
      limiter.set(
          Kind.HOST, target.hostPort(), new Numbers(host.concurrency(), delay), NUMBERS_TTL);
    }
    return answer;
  }

  /** A gate for redirects of pages: robots.txt of the new place, and a place there. */
  HopGate pageGate(String own, boolean obeysRobots, Duration lease) {
    HopGate places = placeGate(own, lease);
    return hop -> {
      if (obeysRobots) {
        HopGate.Answer refused = refusal(hop, own, lease);
        if (refused != null) {
          return refused;
        }
      }
      return places.enter(hop);
    };
  }

  private HopGate.@Nullable Answer refusal(Target hop, String own, Duration lease) {
    try {
      return switch (ask(hop, own, lease)) {
        case RobotsTxt.Allowed _ -> null;
        case RobotsTxt.Disallowed _ ->
            new HopGate.Refuse("robots-disallowed", "robots.txt forbids a page it redirects to.");
        case RobotsTxt.Unreadable _ ->
            new HopGate.Refuse(
                "robots-unavailable", "robots.txt of a page it redirects to cannot be read.");
        case RobotsTxt.NotYet(Duration until) -> new HopGate.Hold(until);
      };
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new HopGate.Hold(Duration.ZERO);
    }
  }

  /** The job's own host is reserved already; another one is asked for a place. */
  private HopGate placeGate(String own, Duration lease) {
    return hop -> {
      if (hop.hostPort().equals(own)) {
        return new HopGate.Go(() -> {});
      }
      return switch (limiter.acquire(Kind.HOST, hop.hostPort(), lease)) {
        case Granted(Limiter.Permit permit) -> new HopGate.Go(permit::release);
        case Held(Duration until) -> new HopGate.Hold(until);
      };
    };
  }

  /** Holds a host back that asked for it; answers for how long. */
  Optional<Duration> heed(String hostPort, List<Header> headers) {
    Optional<Duration> pause =
        headers.stream()
            .filter(header -> header.name().equalsIgnoreCase("Retry-After"))
            .findFirst()
            .flatMap(header -> retryAfter(header.value()));
    pause.ifPresent(asked -> limiter.holdBack(Kind.HOST, hostPort, asked));
    return pause;
  }

  /** Seconds or an HTTP date (RFC 9110, section 10.2.3). */
  Optional<Duration> retryAfter(String value) {
    String text = value.strip();
    Duration pause;
    if (!text.isEmpty() && text.length() <= 9 && text.chars().allMatch(Character::isDigit)) {
      pause = Duration.ofSeconds(Long.parseLong(text));
    } else {
      try {
        Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        pause = Duration.between(clock.instant(), until);
      } catch (DateTimeParseException _) {
        return Optional.empty();
      }
    }
    if (!pause.isPositive()) {
      return Optional.empty();
    }
    return Optional.of(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
  }
}
