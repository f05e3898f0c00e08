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
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A site on loopback that counts its pages' requests. A page is made by the first that asks for it:
 * {@code /name?status=202&header=Cache-Control: max-age=60}; each answer shows its number.
 */
final class CountingSite implements AutoCloseable {

  private final HttpServer server;
  private final Map<String, AtomicInteger> requests = new ConcurrentHashMap<>();

  CountingSite() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    int number = requests.computeIfAbsent(path, _ -> new AtomicInteger()).incrementAndGet();
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
  }
}
