package io.threadmill.egress;

import java.net.URI;

/**
 * One canonical place to send a request to.
 *
 * @param uri canonical: lower-case scheme and host, no default port, no user info, no fragment, dot
 *     segments resolved, what a URI may not hold percent-encoded
 * @param host the lower-case ASCII name without a trailing dot, a dotted IPv4 address, or an IPv6
 *     address in brackets
 * @param port the port dialled, default ports filled in
 * @param secure whether over TLS
 */
public record Target(URI uri, String host, int port, boolean secure) {

  /**
   * Parses an absolute http or https URL as browsers do (the URL Standard of the WHATWG) and
   * refuses what readers understand differently: user info, backslashes, control characters, blanks
   * and missing slashes, and more than 8 KiB. It resolves nothing and does not refuse blocked
   * addresses; that is done at the fetch.
   *
   * @throws InvalidUrl with a message safe to show
   */
  public static Target parse(String url) {
    return UrlParser.parse(url);
  }

  /** {@code name:port} in lower case, the key of what is kept per host. */
  public String hostPort() {
    return host + ":" + port;
  }

  /** Scheme, host and port: what decides whether credentials may follow a redirect. */
  boolean sameOrigin(Target other) {
    return secure == other.secure && port == other.port && host.equals(other.host);
  }

  /** The raw path, never empty. */
  String path() {
    return uri.getRawPath();
  }

  /** What the request line carries: raw path and query. */
  String pathAndQuery() {
    String query = uri.getRawQuery();
    return query == null ? path() : path() + "?" + query;
  }

  @Override
  public String toString() {
    return uri.toString();
  }
}
