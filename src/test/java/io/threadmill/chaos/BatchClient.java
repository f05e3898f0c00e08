package io.threadmill.chaos;

import io.threadmill.chaos.BatchCall.Row;
import io.threadmill.chaos.BatchCall.Told;
import io.threadmill.chaos.Client.Answer;
import io.threadmill.chaos.History.Known;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Speaks HTTP about batches and writes down what it asked and was told. One turn of a client. */
final class BatchClient {

  private static final Duration PATIENCE = Duration.ofSeconds(6);
  private static final Duration STREAM = Duration.ofSeconds(20);
  private static final int MOST_READS = 14;

  private final Client client;
  private final RunClock clock;

  BatchClient(Client client, RunClock clock) {
    this.client = client;
    this.clock = clock;
  }

  BatchCall intake(int slot, BatchOrder order) {
    long number = client.recording().number();
    long begin = clock.now();
    client
        .recording()
        .batch(
            new BatchCall(
                number,
                "intake",
                slot,
                begin,
                Long.MAX_VALUE,
                Known.INFO,
                0,
                order,
                "",
                null,
                List.of(),
                0));
    Answer answer = order.isCut() ? cut(slot, order) : send(slot, order);
    return tell(number, "intake", slot, begin, answer, order, answer.id(), List.of(), 0);
  }

  private Answer send(int slot, BatchOrder order) {
    return client.send(
        client
            .to(slot, order.path())
            .header("Content-Type", order.mediaType())
            .POST(BodyPublishers.ofString(order.body()))
            .build());
  }

  /** Hangs up in the midst of a line. */
  private Answer cut(int slot, BatchOrder order) {
    Known known = Known.INFO;
    try (var socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), client.port(slot)), 1000);
      String head =
          "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
              .formatted(order.path(), client.port(slot), order.mediaType(), order.body().length());
      socket
          .getOutputStream()
          .write((head + order.beforeTheCut()).getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      socket.setSoTimeout((int) PATIENCE.toMillis());
      while (socket.getInputStream().read() >= 0) {} // so that all of it is read before the end
    } catch (ConnectException _) {
      known = Known.FAIL;
    } catch (IOException _) {
      // What became of it is not known.
    }
    return new Answer(0, known, Recording.JSON.missingNode());
  }

  BatchCall look(int slot, String id, int wait) {
    HttpRequest.Builder request = client.to(slot, "/v1/batches/" + id);
    if (wait > 0) {
      request.header("Prefer", "wait=" + wait).timeout(PATIENCE.plusSeconds(wait));
    }
    return call("look", slot, id, request);
  }

  /** Until it has ended, at one instance after the other; false when that took too long. */
  boolean awaitEnd(int slot, String id) {
    for (int i = 0; i < 7; i++) {
      BatchCall look = look((slot + i) % Cluster.SIZE, id, 4);
      if (look.told() != null && look.told().ended()) {
        return true;
      }
      if (look.status() == 404 || !look.ok() && !pause()) {
        return false;
      }
    }
    return false;
  }

  BatchCall change(String what, int slot, String id) {
    String path = "/v1/batches/" + id;
    return call(
        what,
        slot,
        id,
        what.equals("delete")
            ? client.to(slot, path).DELETE()
            : client.to(slot, path + "/" + what).POST(BodyPublishers.noBody()));
  }

  private BatchCall call(String op, int slot, String id, HttpRequest.Builder request) {
    long begin = clock.now();
    Answer answer = client.send(request.build());
    return tell(client.recording().number(), op, slot, begin, answer, null, id, List.of(), 0);
  }

  private BatchCall tell(
      long number,
      String op,
      int slot,
      long begin,
      Answer answer,
      @Nullable BatchOrder order,
      String id,
      List<Row> rows,
      int ends) {
    JsonNode body = answer.body();
    var call =
        new BatchCall(
            number,
            op,
            slot,
            begin,
            clock.now(),
            answer.known(),
            answer.status(),
            order,
            id,
            body.path("counts").isObject() ? told(body) : null,
            List.copyOf(rows),
            ends);
    client.recording().batch(call);
    return call;
  }

  static Told told(JsonNode body) {
    long summed = 0;
    for (JsonNode count : body.path("counts")) {
      summed += count.asLong();
    }
    long left = 0;
    for (String state : List.of("scheduled", "queued", "running")) {
      left += body.path("counts").path(state).asLong(0);
    }
    return new Told(
        body.path("state").asString(""),
        body.path("total").asLong(),
        summed,
        left,
        body.path("finishedAt").asString(""),
        body.path("truncated").asBoolean(false));
  }

  /**
   * Reads the results as they come, hangs up after a few and goes on at another instance by cursor.
   *
   * @param order {@code completed} or {@code submitted}
   */
  void results(int slot, String id, String order) {
    long begin = clock.now();
    var rows = new ArrayList<Row>();
    String[] cursor = {""};
    boolean whole = false; // a stream that ends by itself has told all there is
    for (int read = 0; read < MOST_READS && !whole; read++) {
      int at = (slot + read) % Cluster.SIZE;
      look(at, id, 0);
      int before = rows.size();
      int most = before == 0 && read == 0 ? 5 : Integer.MAX_VALUE;
      String path = "/v1/batches/%s/results?order=%s".formatted(id, order);
      HttpRequest.Builder request =
          client
              .to(at, cursor[0].isEmpty() ? path : path + "&cursor=" + cursor[0])
              .header("Accept", "application/x-ndjson");
      whole =
          lines(
              request,
              line -> {
                JsonNode job = Recording.JSON.readTree(line);
                rows.add(
                    new Row(
                        job.path("id").asString(),
                        job.path("index").asInt(),
                        job.path("run").asInt(),
                        job.path("state").asString()));
                cursor[0] = job.path("cursor").asString();
                return rows.size() - before < most;
              });
      if (!whole && rows.size() == before && !pause()) {
        break;
      }
    }
    Known known = whole ? Known.OK : Known.INFO;
    var answer = new Answer(200, known, Recording.JSON.missingNode());
    tell(client.recording().number(), "results-" + order, slot, begin, answer, null, id, rows, 0);
  }

  /** Follows the events, hangs up after a few and goes on at another instance by the last id. */
  void events(int slot, String id) {
    long begin = clock.now();
    var rows = new ArrayList<Row>();
    String[] event = {"", ""}; // the last id, the name of the event being read
    int[] ends = {0};
    for (int read = 0; read < MOST_READS && ends[0] == 0; read++) {
      int before = rows.size();
      int most = read == 0 ? 3 : Integer.MAX_VALUE;
      HttpRequest.Builder request =
          client.to((slot + read) % Cluster.SIZE, "/v1/batches/" + id + "/events");
      if (!event[0].isEmpty()) {
        request.header("Last-Event-ID", event[0]);
      }
      boolean whole =
          lines(
              request,
              line -> {
                if (line.startsWith("event: ")) {
                  event[1] = line.substring(7);
                } else if (line.startsWith("id: ")) {
                  event[0] = line.substring(4);
                } else if (line.startsWith("data: ") && event[1].equals("job")) {
                  JsonNode job = Recording.JSON.readTree(line.substring(6));
                  rows.add(
                      new Row(
                          job.path("id").asString(),
                          job.path("index").asInt(),
                          job.path("run").asInt(),
                          job.path("state").asString()));
                } else if (line.startsWith("data: ") && event[1].equals("end")) {
                  ends[0]++;
                }
                return rows.size() - before < most;
              });
      if (!whole && rows.size() == before && !pause()) {
        break;
      }
    }
    var answer = new Answer(200, ends[0] > 0 ? Known.OK : Known.INFO, Recording.JSON.missingNode());
    tell(client.recording().number(), "events", slot, begin, answer, null, id, rows, ends[0]);
  }

  /** Hands each line on for as long as that is wanted; true at the end of a whole answer. */
  private boolean lines(HttpRequest.Builder request, Predicate<String> wanted) {
    try {
      HttpResponse<java.io.InputStream> response =
          client.http().send(request.timeout(STREAM).build(), BodyHandlers.ofInputStream());
      try (var lines =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
        if (response.statusCode() != 200) {
          return false;
        }
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (!wanted.test(line)) {
            return false;
          }
        }
        return true;
      }
    } catch (IOException _) {
      return false; // cut off: it goes on from the last one seen
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean pause() {
    return clock.waitUntil(clock.now() + 400);
  }
}
