package io.threadmill.scrape;

import crawlercommons.robots.SimpleRobotRules;
import crawlercommons.robots.SimpleRobotRulesParser;
import io.threadmill.egress.Egress;
import io.threadmill.egress.Failed;
import io.threadmill.egress.FetchFailure;
import io.threadmill.egress.FetchOutcome;
import io.threadmill.egress.FetchRequest;
import io.threadmill.egress.Fetched;
import io.threadmill.egress.Held;
import io.threadmill.egress.Target;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What sites' robots.txt say (RFC 9309): 4xx allows all, 5xx and silence disallow all for a while,
 * the rest is parsed by crawler-commons. Kept in memory for some time, one entry an origin; those
 * who ask for the same file at once share one fetch. Thread-safe.
 */
final class RobotsTxt {

  /** The product token that groups of a robots.txt are matched with. */
  static final String AGENT = "threadmill";

  private static final int MOST_SITES = 10_000;
  private static final long MOST_BYTES = 512 * 1024;
  private static final Duration FETCH = Duration.ofSeconds(15);

  /** A file that could not be read is asked for again after this. */
  private static final Duration UNREADABLE = Duration.ofSeconds(10);

  /** Nothing is known yet; who asked asks again after this. */
  private static final Duration AGAIN = Duration.ofSeconds(1);

  /** A delay asked for is kept to, up to this. */
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(60);

  /** What a file says about one URL. */
  sealed interface Answer permits Allowed, Disallowed, Unreadable, NotYet {}

  record Allowed(@Nullable Duration crawlDelay) implements Answer {}

  record Disallowed() implements Answer {}

  /** The file could not be had. */
  record Unreadable(FetchFailure why) implements Answer {}

  /** The host is at its limit; ask again later. */
  record NotYet(Duration until) implements Answer {}

  private sealed interface Rules permits Parsed, Missing {}

  private record Parsed(SimpleRobotRules rules) implements Rules {}

  private record Missing(Answer answer) implements Rules {}

  private record Site(CompletableFuture<Rules> rules, Instant until) {}

  private final Egress egress;
  private final InstantSource clock;
  private final Duration ttl;
  private final Map<String, Site> sites = // guarded by itself; the oldest entry goes first
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Site> eldest) {
          return size() > MOST_SITES;
        }
      };

  RobotsTxt(Egress egress, InstantSource clock, Duration ttl) {
    this.egress = egress;
    this.clock = clock;
    this.ttl = ttl;
  }

  /**
   * Whether a URL may be fetched.
   *
   * @param redirects asked about each hop of the file's own redirects
   */
  Answer ask(Target target, io.threadmill.egress.HopGate redirects) throws InterruptedException {
    String origin = (target.secure() ? "https://" : "http://") + target.hostPort();
    CompletableFuture<Rules> mine = new CompletableFuture<>();
    CompletableFuture<Rules> theirs;
    boolean first;
    synchronized (sites) {
      Site entry = sites.get(origin);
      if (entry != null && clock.instant().isBefore(entry.until())) {
        theirs = entry.rules();
        first = false;
      } else {
        sites.remove(origin);
        sites.put(origin, new Site(mine, clock.instant().plus(ttl)));
        theirs = mine;
        first = true;
      }
    }
    if (first) {
      fetch(origin, mine, redirects);
    }
    return answer(await(theirs), target);
  }

  private static Rules await(CompletableFuture<Rules> rules) throws InterruptedException {
    try {
      return rules.get(FETCH.toMillis() + 1000, TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) { // the fetch is bounded: what hangs is a gate's own question
      return new Missing(new NotYet(AGAIN));
    } catch (ExecutionException _) {
      return new Missing(new Unreadable(FetchFailure.TIMED_OUT));
    }
  }

  private void fetch(
      String origin, CompletableFuture<Rules> mine, io.threadmill.egress.HopGate redirects) {
    // Where a gate throws, because Redis is away, nothing was learned of the site.
    Rules rules = new Missing(new NotYet(AGAIN));
    boolean keep = false;
    try {
      FetchOutcome outcome =
          egress.fetch(
              new FetchRequest(
                  origin + "/robots.txt", "GET", List.of(), null, FETCH, MOST_BYTES, 5, redirects));
      rules = rules(origin, outcome);
      keep = rules instanceof Parsed;
    } finally {
      if (!keep) {
        boolean held = rules instanceof Missing(NotYet _);
        synchronized (sites) {
          sites.remove(origin);
          if (!held) {
            sites.put(origin, new Site(mine, clock.instant().plus(UNREADABLE)));
          }
        }
      }
      mine.complete(rules);
    }
  }

  private static Rules rules(String origin, FetchOutcome outcome) {
    return switch (outcome) {
      case Held(Duration until) -> new Missing(new NotYet(until));
      // Whoever fetched was told to stop, which says nothing about the site: the next one asks.
      case Failed failed when failed.reason() == FetchFailure.CANCELLED ->
          new Missing(new NotYet(Duration.ZERO));
      case Failed failed when failed.reason() == FetchFailure.TOO_MANY_REDIRECTS -> everything();
      case Failed failed -> new Missing(new Unreadable(failed.reason()));
      case Fetched fetched when fetched.status() >= 500 || fetched.status() == 429 ->
          new Missing(new Unreadable(FetchFailure.CONNECTION_LOST));
      case Fetched fetched when fetched.status() >= 300 -> everything();
      case Fetched fetched -> parse(origin, fetched);
    };
  }

  private static Rules everything() {
    return new Parsed(new SimpleRobotRules(SimpleRobotRules.RobotRulesMode.ALLOW_ALL));
  }

  private static Rules parse(String origin, Fetched fetched) {
    var parser = new SimpleRobotRulesParser();
    parser.setMaxCrawlDelay(Long.MAX_VALUE); // long delays are cut here, not turned into a refusal
    String type = fetched.header("Content-Type");
    return new Parsed(
        parser.parseContent(
            origin + "/robots.txt",
            fetched.body(),
            type == null ? "text/plain" : type,
            List.of(AGENT)));
  }

  private static Answer answer(Rules rules, Target target) {
    return switch (rules) {
      case Missing(Answer answer) -> answer;
      case Parsed(SimpleRobotRules parsed) -> {
        if (!isAllowed(parsed, target)) {
          yield new Disallowed();
        }
        long delay = parsed.getCrawlDelay();
        yield new Allowed(
            delay <= 0 ? null : Duration.ofMillis(Math.min(delay, LONGEST_DELAY.toMillis())));
      }
    };
  }

  /** crawler-commons 1.6 throws on some percent-encoded paths with a query; those ask by path. */
  private static boolean isAllowed(SimpleRobotRules rules, Target target) {
    try {
      return rules.isAllowed(target.uri().toString());
    } catch (RuntimeException _) {
      String url = target.uri().toString();
      int query = url.indexOf('?');
      try {
        return rules.isAllowed(query < 0 ? url : url.substring(0, query));
      } catch (RuntimeException _) {
        return false;
      }
    }
  }
}
