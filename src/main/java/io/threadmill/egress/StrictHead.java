package io.threadmill.egress;

import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.io.HttpTransportMetrics;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * Response heads, read strictly. The library's parser takes a head that ends with the connection as
 * complete, so that half a head and no body would pass for an empty page, and it skips garbage
 * before the status line.
 */
final class StrictHead extends DefaultHttpResponseParser {

  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] [1-9]\\d\\d(?: .*)?");

  StrictHead(Http1Config limits) {
    super(limits);
  }

  @Override
  public ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in)
      throws IOException, HttpException {
    return super.parse(new Lines(buffer), in);
  }

  /** One head; owned by the fetching thread. */
  private static final class Lines implements SessionInputBuffer {

    private final SessionInputBuffer buffer;
    private boolean started;

    Lines(SessionInputBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public int readLine(CharArrayBuffer line, InputStream in) throws IOException {
      int read = buffer.readLine(line, in);
      if (read < 0 && started) {
        throw new ConnectionClosedException("closed within the head");
      }
      if (read > 0 && !started) {
        started = true;
        if (!STATUS_LINE.matcher(line).matches()) {
          throw new ClientProtocolException("no status line");
        }
      }
      return read;
    }

    @Override
    public HttpTransportMetrics getMetrics() {
      return buffer.getMetrics();
    }

    @Override
    public int length() {
      return buffer.length();
    }

    @Override
    public int capacity() {
      return buffer.capacity();
    }

    @Override
    public int available() {
      return buffer.available();
    }

    @Override
    public int read(byte[] bytes, int offset, int length, InputStream in) throws IOException {
      return buffer.read(bytes, offset, length, in);
    }

    @Override
    public int read(byte[] bytes, InputStream in) throws IOException {
      return buffer.read(bytes, in);
    }

    @Override
    public int read(InputStream in) throws IOException {
      return buffer.read(in);
    }
  }
}
