package io.threadmill.egress;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which headers a request may carry: names by the token grammar and values of visible ASCII, space
 * and tab (RFC 9110 §5), none that the client must own, and none that opens a metadata service.
 * Stateless.
 */
public final class HeaderGuard {

  /** More header lines than any browser sends. */
  static final int MOST_LINES = 64;

  private static final int LONGEST_NAME = 128;
  private static final int LONGEST_VALUE = 8 * 1024;

  /** Framing and routing are the client's; the last four unlock cloud metadata services. */
  private static final Set<String> DENIED =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "connection",
          "keep-alive",
          "te",
          "trailer",
          "upgrade",
          "expect",
          "http2-settings",
          "metadata",
          "metadata-flavor",
          "x-google-metadata-request",
          "x-aws-ec2-metadata-token");

  private static final List<String> DENIED_PREFIXES =
      List.of("proxy-", "x-aws-ec2-metadata-token-");

  private HeaderGuard() {}

  /** Why these headers may not be sent together, in words safe to show, or null when they may. */
  public static @Nullable String check(List<Header> headers) {
    if (headers.size() > MOST_LINES) {
      return "%d headers are more than the %d allowed".formatted(headers.size(), MOST_LINES);
    }
    for (Header header : headers) {
      String reason = check(header.name(), header.value());
      if (reason != null) {
        return reason;
      }
    }
    return null;
  }

  /** Why this header may not be sent, in words safe to show, or null when it may. */
  public static @Nullable String check(String name, String value) {
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      return "a header name must have 1 to %d characters".formatted(LONGEST_NAME);
    }
    if (!name.chars().allMatch(HeaderGuard::isTokenChar)) {
      return "a header name may only hold letters, digits and !#$%&'*+-.^_`|~";
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (DENIED.contains(lower) || DENIED_PREFIXES.stream().anyMatch(lower::startsWith)) {
      return "the header %s may not be set".formatted(name);
    }
    if (value.length() > LONGEST_VALUE) {
      return "the header %s has %d characters, more than the %d allowed"
          .formatted(name, value.length(), LONGEST_VALUE);
    }
    if (!value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c <= '~'))) {
      return "the header %s may only hold visible ASCII, spaces and tabs".formatted(name);
    }
    return null;
  }

  private static boolean isTokenChar(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }
}
