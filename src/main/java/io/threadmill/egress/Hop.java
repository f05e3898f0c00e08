package io.threadmill.egress;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One request of a fetch; a redirect makes the next one out of it. */
@SuppressWarnings("ArrayRecordComponent") // the caller's body, compared by nobody
record Hop(Target target, String method, List<Header> headers, byte @Nullable [] body) {

  /** What speaks for the caller or of where it came from, and is nobody else's business. */
  private static final Set<String> BOUND_TO_ORIGIN =
      Set.of("authorization", "cookie", "cookie2", "proxy-authorization", "origin", "referer");

  /** What describes a body, and goes with it. */
  private static final Set<String> BOUND_TO_BODY =
      Set.of(
          "content-type",
          "content-encoding",
          "content-language",
          "content-location",
          "content-digest",
          "digest",
          "last-modified");

  /** Whether that status, with a {@code Location}, sends the client elsewhere. */
  static boolean isRedirect(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  /**
   * The request a redirect asks for (RFC 9110 §15.4): after 303 a GET, after 301 and 302 a GET for
   * a POST as all browsers do, otherwise the same again. What belongs to an origin stays there, for
   * good: it does not come back when a later hop returns.
   */
  Hop redirected(int status, Target next) {
    boolean rewritten =
        switch (status) {
          case 301, 302 -> method.equals("POST");
          case 303 -> !method.equals("GET") && !method.equals("HEAD");
          default -> false;
        };
    boolean foreign = !target.sameOrigin(next);
    List<Header> kept =
        headers.stream()
            .filter(h -> !(foreign && BOUND_TO_ORIGIN.contains(lower(h))))
            .filter(h -> !(rewritten && BOUND_TO_BODY.contains(lower(h))))
            .toList();
    return new Hop(next, rewritten ? "GET" : method, kept, rewritten ? null : body);
  }

  private static String lower(Header header) {
    return header.name().toLowerCase(Locale.ROOT);
  }
}
