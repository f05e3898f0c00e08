package io.threadmill.scrape;

import io.threadmill.cache.SharedCache.Entry;
import io.threadmill.egress.Fetched;
import io.threadmill.egress.Header;
import io.threadmill.egress.InvalidUrl;
import io.threadmill.egress.Target;
import io.threadmill.egress.Timings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A response as it is kept: what came after all redirects, its body as it came. Who reads it
 * decodes and extracts anew.
 *
 * @param fetchedAt when the request was sent
 */
record StoredResponse(Fetched fetched, Instant fetchedAt) {

  /** A stored response cost no time on the network. */
  private static final Timings NONE = new Timings(0, 0, 0, 0, 0);

  /** What decoding, freshness and a later revalidation need; the rest is the site's business. */
  private static final Set<String> NEEDED =
      Set.of(
          "content-type",
          "content-encoding",
          "content-language",
          "cache-control",
          "expires",
          "date",
          "age",
          "last-modified",
          "etag",
          "vary");

  /** The head of an entry. */
  private record Head(String url, int status, List<Header> headers, List<String> redirects) {}

  /**
   * @param storedAt when it had come
   */
  Entry pack(Instant storedAt, JsonMapper mapper) {
    var head =
        new Head(
            fetched.target().toString(),
            fetched.status(),
            fetched.headers().stream()
                .filter(header -> NEEDED.contains(header.name().toLowerCase(Locale.ROOT)))
                .toList(),
            fetched.redirects());
    return new Entry(fetchedAt, storedAt, mapper.writeValueAsBytes(head), fetched.body());
  }

  /** Empty when the head is not of this version's form. */
  static Optional<StoredResponse> unpack(Entry entry, JsonMapper mapper) {
    try {
      Head head = mapper.readValue(entry.head(), Head.class);
      return Optional.of(
          new StoredResponse(
              new Fetched(
                  Target.parse(head.url()),
                  head.status(),
                  head.headers(),
                  entry.body(),
                  head.redirects(),
                  NONE),
              entry.askedAt()));
    } catch (JacksonException | InvalidUrl | NullPointerException _) {
      return Optional.empty();
    }
  }

  /**
   * Whether it may be used without asking the site, by what the site said. A redirect's own headers
   * are not known here, and a redirect need not hold as long as the page it leads to: then only who
   * names an age uses it.
   */
  boolean isFresh(Instant now) {
    return fetched.redirects().isEmpty()
        && Freshness.of(fetched.status(), fetched.headers(), fetchedAt)
            .isFreshAfter(Duration.between(fetchedAt, now));
  }
}
