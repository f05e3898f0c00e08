package io.threadmill.story;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A site on loopback that counts its pages' requests. A page is made by the first that asks for it:
 * {@code /name?status=202&header=Cache-Control: max-age=60}; each answer shows its number.
 */
final class CountingSite implements AutoCloseable {

  private final HttpServer server;
  private final Map<String, AtomicInteger> requests = new ConcurrentHashMap<>();
  private final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  CountingSite() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    int number = requests.computeIfAbsent(path, _ -> new AtomicInteger()).incrementAndGet();
    awaitGate(path);
    int status = 200;
    String query = exchange.getRequestURI().getQuery();
    if (path.equals("/robots.txt")) {
      status = 404;
    } else if (query != null) {
      for (String part : query.split("&", -1)) {
        if (part.startsWith("status=")) {
          status = Integer.parseInt(part.substring(7));
        } else if (part.startsWith("header=")) {
          String[] header = part.substring(7).split(": ", 2);
          exchange.getResponseHeaders().add(header[0], header[1]);
        }
      }
    }
    byte[] body =
        ("<title>answer " + number + "</title><h1>" + path + "</h1>")
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    boolean bodiless = exchange.getRequestMethod().equals("HEAD") || status == 204;
    exchange.sendResponseHeaders(status, bodiless ? -1 : body.length);
    if (!bodiless) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  /** A page that is not answered until this is counted down, or half a minute has passed. */
  CountDownLatch hold(String path) {
    var gate = new CountDownLatch(1);
    gates.put(path, gate);
    return gate;
  }

  private void awaitGate(String path) {
    CountDownLatch gate = gates.get(path);
    try {
      if (gate != null) {
        var _ = gate.await(30, TimeUnit.SECONDS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  String url(String pathAndQuery) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + pathAndQuery;
  }

  int requests(String path) {
    AtomicInteger count = requests.get(path);
    return count == null ? 0 : count.get();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
