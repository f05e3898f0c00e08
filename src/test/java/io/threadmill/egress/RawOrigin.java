package io.threadmill.egress;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that speaks whatever bytes a test wants, one script a connection. */
final class RawOrigin implements AutoCloseable {

  @FunctionalInterface
  interface Script {
    void play(Talk talk) throws Exception;
  }

  private final ServerSocket server;
  private final Script script;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  final List<String> heads = new CopyOnWriteArrayList<>();

  private RawOrigin(ServerSocket server, Script script) {
    this.server = server;
    this.script = script;
    Thread.ofVirtual().start(this::accept);
  }

  static RawOrigin start(ServerSocket server, Script script) {
    return new RawOrigin(server, script);
  }

  static RawOrigin start(Script script) throws IOException {
    return start("127.0.0.1", 0, script);
  }

  static RawOrigin start(String address, int port, Script script) throws IOException {
    return new RawOrigin(new ServerSocket(port, 50, InetAddress.ofLiteral(address)), script);
  }

  /** Answers every request of every connection with the same bytes. */
  static RawOrigin answering(String response) throws IOException {
    return start(talk -> {
      while (talk.head() != null) {
        talk.send(response);
      }
    });
  }

  static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body);
  }

  static String redirect(int status, String location) {
    return "HTTP/1.1 %d x\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n".formatted(status, location);
  }

  int port() {
    return server.getLocalPort();
  }

  int accepted() {
    return accepted.get();
  }

  String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        accepted.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      script.play(new Talk(socket));
    } catch (Exception _) {
      // The client went away: what many of these tests are about.
    } finally {
      open.remove(socket);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One connection. */
  final class Talk {

    private final Socket socket;

    Talk(Socket socket) {
      this.socket = socket;
    }

    /** The next request's head, or null when the client has closed. */
    String head() throws IOException {
      InputStream in = socket.getInputStream();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      int matched = 0;
      while (matched < 4) {
        int next = in.read();
        if (next < 0) {
          return null;
        }
        bytes.write(next);
        matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
      }
      String head = bytes.toString(StandardCharsets.ISO_8859_1);
      heads.add(head);
      return head;
    }

    String body(int length) throws IOException {
      return new String(socket.getInputStream().readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    void send(String text) throws IOException {
      send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    }

    /** Sends the same again and again until the client gives up. */
    void sendForever(String text) throws IOException {
      while (true) {
        send(text);
      }
    }

    /** One byte at a time, some milliseconds apart, until the client gives up. */
    void dripForever(String text) throws Exception {
      for (int i = 0; ; i++) {
        send(text.substring(i % text.length(), i % text.length() + 1));
        if (closed.await(5, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    }

    /** Says nothing until the client gives up. */
    void stall() throws IOException {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }
}
