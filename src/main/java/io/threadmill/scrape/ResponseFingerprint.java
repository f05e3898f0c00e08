package io.threadmill.scrape;

import io.threadmill.cache.Fingerprint;
import io.threadmill.egress.Header;
import io.threadmill.egress.Target;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Which scrapes get the same response. All that the site sees of a caller is in it. */
final class ResponseFingerprint {

  /** The parts there are, in their order; {@code docs/caching.md} lists them. */
  static final List<String> PARTS =
      List.of("egress", "method", "url", "robots", "header", "caller");

  /** What a request carries for its caller alone. */
  private static final Set<String> CREDENTIALS =
      Set.of("authorization", "cookie", "proxy-authorization");

  /** Such a request asks for a part, or for an answer only on a condition. */
  private static final Set<String> CONDITIONS =
      Set.of(
          "range",
          "if-range",
          "if-match",
          "if-none-match",
          "if-modified-since",
          "if-unmodified-since");

  private ResponseFingerprint() {}

  /** Whether a map may take part at all. */
  static boolean concerns(ScrapeParams params) {
    if (!params.verb().equals("GET") && !params.verb().equals("HEAD")) {
      return false;
    }
    List<Header> headers = headers(params);
    return headers.stream()
            .noneMatch(header -> CONDITIONS.contains(header.name().toLowerCase(Locale.ROOT)))
        && !CacheControl.of(headers).has("no-store");
  }

  /** Whether the client's own headers ask that the site be asked. */
  static boolean insistsOnTheSite(ScrapeParams params) {
    List<Header> headers = headers(params);
    CacheControl control = CacheControl.of(headers);
    return control.has("no-cache")
        || control.seconds("max-age").filter(age -> age.isZero()).isPresent()
        || headers.stream().anyMatch(h -> h.is("Pragma") && h.value().contains("no-cache"));
  }

  private static List<Header> headers(ScrapeParams params) {
    return params.headerMap().entrySet().stream()
        .map(header -> new Header(header.getKey(), header.getValue()))
        .toList();
  }

  /**
   * @param policy of the egress: what another one let through may be closed by now
   * @param caller the name of the access key; it counts where the request carries credentials
   */
  static Fingerprint of(ScrapeParams params, String policy, Optional<String> caller) {
    Fingerprint.Parts parts =
        Fingerprint.of("scrape")
            .with("egress", policy)
            .with("method", params.verb())
            .with("url", Target.parse(params.address()).uri().toString())
            .with("robots", params.obeysRobots() ? "obey" : "ignore");
    // Names that differ in case only are one header to a site; both lines stay.
    var sorted = new TreeMap<String, String>();
    for (Map.Entry<String, String> header : params.headerMap().entrySet()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      sorted.merge(name, header.getValue(), (one, other) -> one + "\n" + other);
    }
    sorted.forEach((name, value) -> parts.with("header", name + ": " + value));
    if (sorted.keySet().stream().anyMatch(CREDENTIALS::contains)) {
      parts.with("caller", caller.map(name -> "key:" + name).orElse("nobody"));
    }
    return parts.end();
  }
}
