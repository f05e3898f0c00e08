package io.threadmill.egress;

import io.threadmill.egress.Exchange.Phase;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpConnection;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.Http1StreamListener;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Builds clients that do one exchange and nothing by themselves: no redirects, cookies, retries,
 * decoding, authentication, upgrades or proxies. They only work inside {@link Exchange#CURRENT}.
 */
final class HttpClients {

  /** RFC 9110 gives no number; a hundred lines of 8 KiB are twice what browsers take. */
  static final int MOST_HEADERS = 100;

  static final int LONGEST_LINE = 8 * 1024;

  /** No honest server sends more 1xx responses before the real one. */
  static final int MOST_INTERIM_HEADS = 8;

  /** Above the largest pool of fetching threads, so that no fetch waits for another's host. */
  private static final int MOST_PER_ROUTE = 512;

  private static final int MOST_CONNECTIONS = 1024;

  private static final Http1Config LIMITS =
      Http1Config.custom()
          .setMaxLineLength(LONGEST_LINE)
          .setMaxHeaderCount(MOST_HEADERS + 1) // the client refuses at, not above
          .setMaxEmptyLineCount(4)
          .build();

  private HttpClients() {}

  static PoolingHttpClientConnectionManager connections(
      HopGuard guard, Lookups lookups, Timeout connectTimeout) {
    return new GuardedConnections(guard)
        .setConnectionFactory(
            ManagedHttpClientConnectionFactory.builder()
                .http1Config(LIMITS)
                .responseParserFactory(_ -> new StrictHead(LIMITS))
                .build())
        .setDnsResolver(new PinnedDns(guard, lookups))
        .setMaxConnTotal(MOST_CONNECTIONS)
        .setMaxConnPerRoute(MOST_PER_ROUTE)
        .setDefaultConnectionConfig(
            ConnectionConfig.custom()
                .setConnectTimeout(connectTimeout)
                .setTimeToLive(TimeValue.ofMinutes(2))
                .setValidateAfterInactivity(TimeValue.ofMilliseconds(500))
                .build())
        .setDefaultTlsConfig(TlsConfig.custom().setHandshakeTimeout(connectTimeout).build())
        .build();
  }

  static CloseableHttpClient client(PoolingHttpClientConnectionManager connections) {
    return HttpClientBuilder.create()
        .setConnectionManager(connections)
        .setRequestExecutor(
            new HttpRequestExecutor(
                LIMITS, DefaultConnectionReuseStrategy.INSTANCE, new InterimCounter()))
        .disableRedirectHandling()
        .disableCookieManagement()
        .disableAutomaticRetries()
        .disableContentCompression()
        .disableAuthCaching()
        .disableDefaultUserAgent()
        .disableConnectionState()
        .build();
  }

  /** Thrown out of the client's read loop, which has no bound of its own for 1xx responses. */
  static final class InterimFlood extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final class InterimCounter implements Http1StreamListener {

    @Override
    public void onRequestHead(HttpConnection connection, HttpRequest request) {}

    @Override
    public void onResponseHead(HttpConnection connection, HttpResponse response) {
      if (response.getCode() < 200
          && Exchange.CURRENT.get().countInterimHead() > MOST_INTERIM_HEADS) {
        throw new InterimFlood();
      }
    }

    @Override
    public void onExchangeComplete(HttpConnection connection, boolean keepAlive) {}
  }

  /** A builder whose connections are opened through {@link GuardedSocket}s and tell their phase. */
  private static final class GuardedConnections extends PoolingHttpClientConnectionManagerBuilder {

    private final HopGuard guard;

    GuardedConnections(HopGuard guard) {
      this.guard = guard;
    }

    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
        SchemePortResolver ports, DnsResolver dns, TlsSocketStrategy tls) {
      return new DefaultHttpClientConnectionOperator(
          _ -> new GuardedSocket(guard),
          ports,
          dns,
          RegistryBuilder.<TlsSocketStrategy>create().register("https", tls).build()) {

        @Override
        protected void onBeforeSocketConnect(HttpContext context, HttpHost host) {
          Exchange.CURRENT.get().enter(Phase.CONNECT);
        }

        @Override
        protected void onAfterSocketConnect(HttpContext context, HttpHost host) {
          Exchange.CURRENT.get().enter(Phase.TRANSFER);
          if (!host.getSchemeName().equals("https")) {
            Exchange.CURRENT.get().dialled();
          }
        }

        @Override
        protected void onBeforeTlsHandshake(HttpContext context, HttpHost host) {
          Exchange.CURRENT.get().enter(Phase.TLS);
        }

        @Override
        protected void onAfterTlsHandshake(HttpContext context, HttpHost host) {
          Exchange.CURRENT.get().enter(Phase.TRANSFER);
          Exchange.CURRENT.get().dialled();
        }
      };
    }
  }
}
