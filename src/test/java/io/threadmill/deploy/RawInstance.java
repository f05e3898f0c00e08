package io.threadmill.deploy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/**
 * Stands in for an instance on loopback: ready, and giving one fixed answer to every call, or none
 * at all. It remembers what it was sent.
 */
final class RawInstance implements AutoCloseable {

  private static final String READY =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";

  private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: (\\d+)$");

  private final ServerSocket socket;
  private final String ready;
  private final String answer;
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final Thread acceptor;

  private RawInstance(String ready, String answer) {
    this.ready = ready;
    this.answer = answer;
    try {
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
    acceptor = Thread.ofVirtual().name("raw-instance").start(this::accept);
  }

  /** Takes every call and breaks off without an answer. */
  static RawInstance breakingOff() {
    return new RawInstance(READY, "");
  }

  static RawInstance answering(int status) {
    String answer = "HTTP/1.1 " + status + " X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    return new RawInstance(status == 200 ? READY : answer, answer);
  }

  int port() {
    return socket.getLocalPort();
  }

  /** Heads of all calls but the health checks. */
  List<String> calls() {
    return List.copyOf(calls);
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        Thread.startVirtualThread(() -> serve(client));
      } catch (IOException _) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      var reader =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
      var head = new StringBuilder();
      String line = reader.readLine();
      while (line != null && !line.isEmpty()) {
        head.append(line).append('\n');
        line = reader.readLine();
      }
      var length = LENGTH.matcher(head);
      if (length.find()) {
        // Closing with unread bytes would be a reset, not an end.
        reader.skip(Long.parseLong(length.group(1)));
      }
      boolean check = head.indexOf("/actuator/health/") >= 0;
      if (!check && !head.isEmpty()) {
        calls.add(head.toString());
      }
      client.getOutputStream().write((check ? ready : answer).getBytes(StandardCharsets.US_ASCII));
    } catch (IOException _) {
      // the other side has gone
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    try {
      acceptor.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
