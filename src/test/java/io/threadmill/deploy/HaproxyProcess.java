package io.threadmill.deploy;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The machine's HAProxy with the repository's configuration, in front of two ports. */
public final class HaproxyProcess implements AutoCloseable {

  private final Process process;
  private final Path log;
  private final int port;
  private final int healthPort;

  private HaproxyProcess(Process process, Path log, int port, int healthPort) {
    this.process = process;
    this.log = log;
    this.port = port;
    this.healthPort = healthPort;
  }

  public static HaproxyProcess start(Path folder, int first, int second) {
    Path haproxy = Tool.named("haproxy");
    int port = freePort();
    int healthPort = freePort();
    Path log = folder.resolve("haproxy.log");
    var variables =
        Map.of(
            "PROXY_BIND", "127.0.0.1:" + port,
            "PROXY_HEALTH_BIND", "127.0.0.1:" + healthPort,
            "THREADMILL_1", "127.0.0.1:" + first,
            "THREADMILL_2", "127.0.0.1:" + second);
    var command = List.of(haproxy.toString(), "-db", "-f", "deploy/haproxy/haproxy.cfg");
    var proxy = new HaproxyProcess(Tool.start(log, variables, command), log, port, healthPort);
    await("the proxy; " + proxy.log()).atMost(Duration.ofSeconds(10)).until(proxy::answers);
    return proxy;
  }

  private boolean answers() {
    if (!process.isAlive()) {
      throw new IllegalStateException("haproxy ended:\n" + log());
    }
    try {
      return health() > 0;
    } catch (UncheckedIOException _) {
      return false;
    }
  }

  /** The status of the proxy's own health page. */
  public int health() {
    URI page = URI.create("http://127.0.0.1:" + healthPort + "/health");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(page).timeout(Duration.ofSeconds(5)).build(),
              BodyHandlers.discarding())
          .statusCode();
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  public URI url(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("haproxy did not end");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
