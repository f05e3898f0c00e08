package io.threadmill.chaos;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection to Redis in its own protocol, for what the run itself asks: it shares nothing with
 * the client under test and sends nothing twice. Not thread-safe.
 */
final class RedisWire implements AutoCloseable {

  private final Socket socket = new Socket();
  private final InputStream in;
  private final OutputStream out;

  RedisWire(int port) throws IOException {
    this(port, 5000);
  }

  RedisWire(int port, int timeoutMillis) throws IOException {
    try {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      socket.setSoTimeout(timeoutMillis);
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
      out = socket.getOutputStream();
    } catch (IOException fault) {
      socket.close();
      throw fault;
    }
  }

  /** The answer: text, a number, a list of these, or null. */
  @Nullable Object ask(String... command) throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(("*" + command.length + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    for (String word : command) {
      byte[] text = word.getBytes(StandardCharsets.ISO_8859_1);
      bytes.writeBytes(("$" + text.length + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      bytes.writeBytes(text);
      bytes.writeBytes("\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }
    out.write(bytes.toByteArray());
    return answer();
  }

  long number(String... command) throws IOException {
    return ask(command) instanceof Long number ? number : 0;
  }

  List<String> texts(String... command) throws IOException {
    return ask(command) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }

  private @Nullable Object answer() throws IOException {
    String line = line();
    String rest = line.substring(1);
    switch (line.charAt(0)) {
      case '+' -> {
        return rest;
      }
      case ':' -> {
        return Long.parseLong(rest);
      }
      case '-' -> throw new IOException("Redis refused: " + rest);
      case '$' -> {
        int length = Integer.parseInt(rest);
        if (length < 0) {
          return null;
        }
        byte[] text = in.readNBytes(length);
        in.skipNBytes(2);
        return new String(text, StandardCharsets.ISO_8859_1);
      }
      case '*' -> {
        int length = Integer.parseInt(rest);
        var list = new ArrayList<@Nullable Object>();
        for (int i = 0; i < length; i++) {
          list.add(answer());
        }
        return list;
      }
      default -> throw new IOException("not Redis's protocol: " + line);
    }
  }

  private String line() throws IOException {
    var text = new StringBuilder();
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("Redis closed the connection");
      }
      if (c == '\r') {
        in.skipNBytes(1);
        return text.toString();
      }
      text.append((char) c);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException _) {
      // Closed is what it should be.
    }
  }
}
