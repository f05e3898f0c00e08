package io.threadmill.egress;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to fetch, within which bounds.
 *
 * @param url an absolute http or https URL; a bad one is answered, not thrown
 * @param method any of {@link #METHODS}, taken in upper case
 * @param headers sent as they are, in order; see {@link HeaderGuard}. {@code User-Agent} is added
 *     when missing, {@code Accept-Encoding} never
 * @param body sent as it is; null for none. Not copied and not changed
 * @param timeout of the whole fetch: look-ups, redirects and body together; 1 ms to 1 h
 * @param maxWireBytes the most bytes of a body, before content-encoding is decoded; at most 1 GiB
 * @param maxRedirects 0 to 20; 0 answers the redirect itself
 * @param gate asked before each redirect is followed
 * @param statusOnly whether the status and headers are all that is wanted: the body stays unread,
 *     however long or slow it is
 */
@SuppressWarnings("ArrayRecordComponent") // handed to the socket, compared by nobody
public record FetchRequest(
    String url,
    String method,
    List<Header> headers,
    byte @Nullable [] body,
    Duration timeout,
    long maxWireBytes,
    int maxRedirects,
    HopGate gate,
    boolean statusOnly) {

  /** What may be sent. CONNECT would tunnel past the guard and TRACE echoes credentials. */
  public static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  private static final Duration LONGEST = Duration.ofHours(1);
  private static final long MOST_BYTES = 1L << 30;
  private static final int MOST_REDIRECTS = 20;

  /**
   * @throws IllegalArgumentException when a value is out of bounds or a header may not be sent
   */
  public FetchRequest {
    method = method.toUpperCase(Locale.ROOT);
    headers = List.copyOf(headers);
    if (!METHODS.contains(method)) {
      throw new IllegalArgumentException("method must be one of " + METHODS);
    }
    if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("timeout must be 1 ms to 1 h, but is " + timeout);
    }
    if (maxWireBytes < 0 || maxWireBytes > MOST_BYTES) {
      throw new IllegalArgumentException(
          "maxWireBytes must be 0 to %d, but is %d".formatted(MOST_BYTES, maxWireBytes));
    }
    if (maxRedirects < 0 || maxRedirects > MOST_REDIRECTS) {
      throw new IllegalArgumentException(
          "maxRedirects must be 0 to %d, but is %d".formatted(MOST_REDIRECTS, maxRedirects));
    }
    String reason = HeaderGuard.check(headers);
    if (reason != null) {
      throw new IllegalArgumentException(reason);
    }
  }

  /** With the body. */
  public FetchRequest(
      String url,
      String method,
      List<Header> headers,
      byte @Nullable [] body,
      Duration timeout,
      long maxWireBytes,
      int maxRedirects,
      HopGate gate) {
    this(url, method, headers, body, timeout, maxWireBytes, maxRedirects, gate, false);
  }

  /** A POST whose answer's status and headers are all that is wanted; no redirect is followed. */
  public static FetchRequest told(String url, List<Header> headers, byte[] body, Duration timeout) {
    return new FetchRequest(url, "POST", headers, body, timeout, 0, 0, HopGate.OPEN, true);
  }

  /** A plain GET without redirects' gate: for what is fetched for the service itself. */
  public static FetchRequest get(String url, Duration timeout, long maxWireBytes) {
    return new FetchRequest(url, "GET", List.of(), null, timeout, maxWireBytes, 5, HopGate.OPEN);
  }
}
