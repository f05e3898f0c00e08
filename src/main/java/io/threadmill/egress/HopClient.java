package io.threadmill.egress;

import io.threadmill.egress.HopGuard.Clearance;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.Closer;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one request and reads its response, within the limits. Two pools: a connection opened
 * through a loopback exemption can never serve a request that has none. Thread-safe.
 */
final class HopClient implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HopClient.class);
  private static final int FIRST_BUFFER = 16 * 1024;
  private static final TimeValue IDLE = TimeValue.ofSeconds(30);

  /** What one request brought. */
  sealed interface Answer permits Response, Trouble {}

  /** A response; its body is empty when it redirects and was not asked for. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, compared by nobody
  record Response(int status, List<Header> headers, byte[] body) implements Answer {}

  record Trouble(Failed failed) implements Answer {}

  /**
   * What of a response is read.
   *
   * @param body false for none
   * @param redirectBody whether that of a redirect is read too
   */
  record Wanted(long maxBytes, boolean body, boolean redirectBody) {

    static Wanted of(FetchRequest request) {
      return new Wanted(request.maxWireBytes(), !request.statusOnly(), request.maxRedirects() == 0);
    }
  }

  private final PoolingHttpClientConnectionManager guardedPool;
  private final PoolingHttpClientConnectionManager loopbackPool;
  private final CloseableHttpClient guarded;
  private final CloseableHttpClient loopback;

  HopClient(HopGuard guard, Lookups lookups, Duration connectTimeout) {
    Timeout patience = Timeout.of(connectTimeout);
    guardedPool = HttpClients.connections(guard, lookups, patience);
    loopbackPool = HttpClients.connections(guard, lookups, patience);
    guarded = HttpClients.client(guardedPool);
    loopback = HttpClients.client(loopbackPool);
  }

  /** Runs on the calling thread and ends when the exchange is aborted. */
  Answer send(Hop hop, Clearance clearance, Exchange exchange, Wanted wanted) {
    HttpUriRequestBase request = request(hop, exchange);
    exchange.begin(clearance, request);
    return ScopedValue.where(Exchange.CURRENT, exchange)
        .call(() -> exchange(hop, clearance, request, exchange, wanted));
  }

  private Answer exchange(
      Hop hop, Clearance clearance, HttpUriRequestBase request, Exchange exchange, Wanted wanted) {
    Target target = hop.target();
    HttpHost host =
        new HttpHost(target.secure() ? "https" : "http", unbracketed(target.host()), target.port());
    CloseableHttpClient client = clearance == Clearance.LOOPBACK ? loopback : guarded;
    try {
      ClassicHttpResponse response = client.executeOpen(host, request, HttpClientContext.create());
      try {
        exchange.headArrived();
        return read(response, wanted);
      } finally {
        // A body read to its end has given its connection back and this does nothing; any other
        // one is not worth reading on, so its connection is cut.
        request.cancel();
        Closer.closeQuietly(response);
      }
    } catch (IOException e) {
      return new Trouble(Failures.of(e, exchange, target));
    } catch (HttpClients.InterimFlood _) {
      return new Trouble(
          Failures.protocol(target, "sent interim responses without end and no final one"));
    } catch (RuntimeException e) {
      // The client should not throw these for what a server sent; one hostile page is one failure.
      log.warn("the HTTP client failed on a response of {}", target.hostPort(), e);
      return new Trouble(Failures.protocol(target, "sent a response that could not be read"));
    } finally {
      exchange.dialled();
    }
  }

  private static Answer read(ClassicHttpResponse response, Wanted wanted) throws IOException {
    List<Header> headers = headers(response);
    int status = response.getCode();
    long maxBytes = wanted.maxBytes();
    boolean leads = Hop.isRedirect(status) && first(headers, "Location") != null;
    HttpEntity entity = response.getEntity();
    if (entity == null || !wanted.body() || (leads && !wanted.redirectBody())) {
      return new Response(status, headers, new byte[0]);
    }
    if (entity.getContentLength() > maxBytes) {
      return new Trouble(Failures.tooLarge(entity.getContentLength(), true, maxBytes));
    }
    byte[] body = body(entity, maxBytes);
    return body == null
        ? new Trouble(Failures.tooLarge(maxBytes + 1, false, maxBytes))
        : new Response(status, headers, body);
  }

  private static HttpUriRequestBase request(Hop hop, Exchange exchange) {
    HttpUriRequestBase request = new HttpUriRequestBase(hop.method(), hop.target().uri());
    request.setPath(hop.target().pathAndQuery());
    Timeout remaining = Timeout.of(exchange.remaining());
    request.setConfig(
        RequestConfig.custom()
            .setConnectionRequestTimeout(remaining)
            .setResponseTimeout(remaining)
            .setAuthenticationEnabled(false)
            .setRedirectsEnabled(false)
            .setContentCompressionEnabled(false)
            .setProtocolUpgradeEnabled(false)
            .setExpectContinueEnabled(false)
            .build());
    hop.headers().forEach(header -> request.addHeader(header.name(), header.value()));
    if (hop.body() != null) {
      request.setEntity(new ByteArrayEntity(hop.body(), null));
    }
    return request;
  }

  private static List<Header> headers(ClassicHttpResponse response) {
    List<Header> headers = new ArrayList<>();
    for (org.apache.hc.core5.http.Header header : response.getHeaders()) {
      headers.add(new Header(header.getName(), header.getValue() == null ? "" : header.getValue()));
    }
    return headers;
  }

  /** The whole body, or null when it has more bytes than allowed. */
  private static byte @Nullable [] body(HttpEntity entity, long limit) throws IOException {
    InputStream in = entity.getContent();
    // Never sized by what the server announces alone.
    byte[] buffer = new byte[(int) Math.clamp(entity.getContentLength(), 0, FIRST_BUFFER)];
    int size = 0;
    while (true) {
      if (size == buffer.length) {
        int next = in.read();
        if (next < 0) {
          return buffer;
        }
        if (size == limit) {
          return null;
        }
        buffer = Arrays.copyOf(buffer, (int) Math.min(Math.max(FIRST_BUFFER, 2L * size), limit));
        buffer[size++] = (byte) next;
      } else {
        int read = in.read(buffer, size, buffer.length - size);
        if (read < 0) {
          return Arrays.copyOf(buffer, size);
        }
        size += read;
      }
    }
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** Lets go of connections nobody has used for a while. */
  void tidy() {
    for (PoolingHttpClientConnectionManager pool : List.of(guardedPool, loopbackPool)) {
      pool.closeExpired();
      pool.closeIdle(IDLE);
    }
  }

  @Override
  public void close() {
    guarded.close(CloseMode.IMMEDIATE);
    loopback.close(CloseMode.IMMEDIATE);
  }

  /** The first value of that header, or null. */
  static @Nullable String first(List<Header> headers, String name) {
    return headers.stream().filter(h -> h.is(name)).map(Header::value).findFirst().orElse(null);
  }
}
