package io.threadmill.redis;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A redis-server of a test's own, with an append-only file, that can be killed, frozen and started
 * again on its port.
 */
public final class RedisServer implements AutoCloseable {

  private final Path folder;
  private final int port;
  private Process process;

  private RedisServer(Path folder, int port) {
    this.folder = folder;
    this.port = port;
    this.process = launch();
  }

  /** Starts a server on the data of a folder and waits until it answers. */
  public static RedisServer start(Path folder) {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Files.createDirectories(folder);
      int port = socket.getLocalPort();
      socket.close();
      var server = new RedisServer(folder, port);
      server.awaitAnswer();
      return server;
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  private Process launch() {
    try {
      return new ProcessBuilder(
              List.of(
                  RedisBinary.in(folder.resolve("bin")).toString(),
                  "--bind",
                  "127.0.0.1",
                  "--port",
                  Integer.toString(port),
                  "--dir",
                  folder.toString(),
                  "--appendonly",
                  "yes",
                  "--appendfsync",
                  "everysec",
                  "--save",
                  ""))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  private void awaitAnswer() {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> {
          try {
            return command("PING").contains("PONG");
          } catch (UncheckedIOException _) {
            return false;
          }
        });
  }

  public URI uri() {
    return URI.create("redis://127.0.0.1:" + port);
  }

  /** SIGKILL; the port refuses from here on. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Starts again on the same port and data, and waits until it answers. */
  public void restart() {
    process = launch();
    awaitAnswer();
  }

  /** Starts again on the same port with nothing. */
  public void restartEmpty() {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
    restart();
  }

  /** SIGSTOP: connections stay, and what is sent waits in the kernel. */
  public void freeze() {
    signal("-STOP");
  }

  /** SIGCONT. */
  public void thaw() {
    signal("-CONT");
  }

  private void signal(String name) {
    try {
      int code =
          new ProcessBuilder("kill", name, Long.toString(process.pid()))
              .inheritIO()
              .start()
              .waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill " + name + " ended with " + code);
      }
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /** Sends a command and answers what comes back, as the protocol writes it. */
  public String command(String command) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.UTF_8));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  private void awaitEnd() {
    try {
      process.waitFor();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly(); // reaches a frozen one too
    awaitEnd();
  }
}
