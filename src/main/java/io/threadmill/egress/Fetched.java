package io.threadmill.egress;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A complete response, whatever its status. A body cut short or too large is a {@link Failed},
 * never a part of a page.
 *
 * @param target where the response came from, after all redirects
 * @param status the final status, 200 to 999 (some servers leave the standard's 599 behind);
 *     redirects are followed, save one without a usable {@code Location}
 * @param headers as received, in order, names in the server's case
 * @param body the bytes on the wire after chunking was undone; content-encoding is NOT decoded.
 *     Empty when there is none. Not copied: whoever holds the record owns it
 * @param redirects the canonical URLs that answered with a redirect, oldest first; empty when none
 * @param timings where the time went
 */
@SuppressWarnings("ArrayRecordComponent") // up to many MiB, compared by nobody
public record Fetched(
    Target target,
    int status,
    List<Header> headers,
    byte[] body,
    List<String> redirects,
    Timings timings)
    implements FetchOutcome {

  public Fetched {
    headers = List.copyOf(headers);
    redirects = List.copyOf(redirects);
  }

  /** The first header of that name (without case), or null. */
  public @Nullable String header(String name) {
    for (Header header : headers) {
      if (header.is(name)) {
        return header.value();
      }
    }
    return null;
  }
}
