package io.threadmill.webhook;

import io.threadmill.web.openapi.CallOuts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A receiver of webhooks on a real socket, which answers whatever bytes a test wants. What came and
 * was not as the OpenAPI document says fails the test when the receiver is closed.
 */
public final class Receiver implements AutoCloseable {

  /** Ends the connection without an answer. */
  public static final String CUT = "";

  /** Keeps the connection open and says nothing. */
  public static final String SILENCE = "silence";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** What came. Header names are in lower case. */
  public record Request(String line, Map<String, String> headers, String body) {

    public String header(String name) {
      return headers.getOrDefault(name, "");
    }

    public JsonNode event() {
      return JSON.readTree(body);
    }
  }

  private final ServerSocket server;
  private final Function<Integer, String> answers;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  private Receiver(ServerSocket server, Function<Integer, String> answers) {
    this.server = server;
    this.answers = answers;
    Thread.ofVirtual().start(this::accept);
  }

  /**
   * @param answers the whole response to the request of that number, from 1
   */
  public static Receiver answering(Function<Integer, String> answers) {
    try {
      return new Receiver(new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")), answers);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  /** Answers each request with these statuses, the last one again and again. */
  public static Receiver answering(int... statuses) {
    return answering(number -> status(statuses[Math.min(number, statuses.length) - 1]));
  }

  public static String status(int status, String... headers) {
    return "HTTP/1.1 %d x\r\nContent-Length: 0\r\n%s\r\n"
        .formatted(status, String.join("", List.of(headers)));
  }

  public String url() {
    return "http://127.0.0.1:" + port() + "/hooks";
  }

  public int port() {
    return server.getLocalPort();
  }

  public List<Request> requests() {
    return List.copyOf(requests);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      while (true) {
        Request request = read(socket.getInputStream());
        if (request == null) {
          return;
        }
        int number;
        synchronized (requests) {
          requests.add(request);
          number = requests.size();
        }
        String answer = answers.apply(number);
        if (answer.equals(CUT)) {
          return;
        }
        if (answer.equals(SILENCE)) {
          socket.getInputStream().read();
          return;
        }
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
      }
    } catch (IOException _) {
      // The sender went away, as it may.
    }
  }

  private static Request read(InputStream in) throws IOException {
    String head = head(in);
    if (head == null) {
      return null;
    }
    var headers = new TreeMap<String, String>();
    List<String> lines = head.lines().toList();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    return new Request(
        lines.getFirst(), headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
  }

  private static String head(InputStream in) throws IOException {
    var bytes = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < 4) {
      int next = in.read();
      if (next < 0) {
        return null;
      }
      bytes.write(next);
      matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
    }
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
    // Not as they come: that takes time, which a receiver's answer would come too late by.
    for (Request request : requests) {
      String method = request.line().split(" ", 2)[0];
      List<String> faults = CallOuts.faults(method, request.headers(), request.body());
      if (!faults.isEmpty()) {
        throw new AssertionError("not sent as the OpenAPI document says: " + faults);
      }
    }
  }
}
