package io.threadmill.web.batch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The lines of an NDJSON body, one at a time, each within its limit: what is in memory is one line
 * and one buffer, however long the body. Not thread-safe.
 */
final class NdjsonLines {

  private static final int BUFFER = 64 * 1024;

  private final InputStream in;
  private final int limit;
  private final byte[] buffer = new byte[BUFFER];
  private int at;
  private int end;
  private int number;

  NdjsonLines(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /** The number of the line read last; the first is 1. */
  int number() {
    return number;
  }

  /**
   * The next line without its end, or null after the last.
   *
   * @throws TooLong when it is over the limit; what follows is not read
   */
  byte @Nullable [] next() throws IOException {
    var pieces = new ByteArrayOutputStream(0);
    while (true) {
      if (at == end) {
        end = in.read(buffer);
        at = 0;
        if (end < 0) {
          end = 0;
          if (pieces.size() == 0) {
            return null;
          }
          number++;
          return pieces.toByteArray();
        }
      }
      int stop = at;
      while (stop < end && buffer[stop] != '\n') {
        stop++;
      }
      if (pieces.size() + stop - at > limit) {
        number++;
        throw new TooLong();
      }
      boolean whole = stop < end;
      if (whole && pieces.size() == 0) {
        byte[] line = Arrays.copyOfRange(buffer, at, stop);
        at = stop + 1;
        number++;
        return line;
      }
      pieces.write(buffer, at, stop - at);
      at = whole ? stop + 1 : stop;
      if (whole) {
        number++;
        return pieces.toByteArray();
      }
    }
  }

  /** A line is longer than it may be. */
  static final class TooLong extends IOException {}
}
