package io.threadmill.chaos;

import io.threadmill.chaos.History.Known;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Speaks HTTP to the instances and writes down what it asked and was told. Thread-safe. */
final class Client {

  /** Longer than any answer may take but that of a wait. */
  private static final Duration PATIENCE = Duration.ofSeconds(6);

  /** What a call came to; status 0 without an answer. */
  record Answer(int status, Known known, JsonNode body) {

    boolean ok() {
      return known == Known.OK;
    }

    String id() {
      return body.path("id").asString("");
    }

    String state() {
      return body.path("state").asString("");
    }
  }

  private final Cluster cluster;
  private final HttpClient http;
  private final Recording recording;

  Client(Cluster cluster, Recording recording) {
    this.cluster = cluster;
    this.http = cluster.http();
    this.recording = recording;
  }

  Answer submit(int slot, Order order) {
    return submit(slot, order, 0);
  }

  /** With {@code Prefer: wait} for so many seconds where that is above 0. */
  Answer submit(int slot, Order order, int wait) {
    var request = to(slot, "/v1/jobs").POST(BodyPublishers.ofString(order.body()));
    request.header("Content-Type", "application/json");
    if (order.idem() != null) {
      request.header("Idempotency-Key", order.idem());
    }
    if (wait > 0) {
      request.header("Prefer", "wait=" + wait);
    }
    return call(
        wait > 0 ? "submit-wait" : "submit",
        slot,
        order,
        null,
        request.timeout(PATIENCE.plusSeconds(wait)));
  }

  Answer get(int slot, String id, int wait) {
    var request = to(slot, "/v1/jobs/" + id);
    if (wait > 0) {
      request.header("Prefer", "wait=" + wait);
    }
    return call(
        wait > 0 ? "wait" : "get", slot, null, id, request.timeout(PATIENCE.plusSeconds(wait)));
  }

  Answer result(int slot, String id) {
    return call("result", slot, null, id, to(slot, "/v1/jobs/" + id + "/result"));
  }

  Answer cancel(int slot, String id) {
    return call("cancel", slot, null, id, post(slot, "/v1/jobs/" + id + "/cancel"));
  }

  Answer retry(int slot, String id) {
    return call("retry", slot, null, id, post(slot, "/v1/jobs/" + id + "/retry"));
  }

  Answer counts(int slot) {
    return call("counts", slot, null, null, to(slot, "/v1/jobs/counts"));
  }

  private HttpRequest.Builder post(int slot, String path) {
    return to(slot, path).POST(BodyPublishers.noBody());
  }

  HttpRequest.Builder to(int slot, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + cluster.port(slot) + path))
        .timeout(PATIENCE);
  }

  Recording recording() {
    return recording;
  }

  HttpClient http() {
    return http;
  }

  private Answer call(
      String op,
      int slot,
      @Nullable Order order,
      @Nullable String id,
      HttpRequest.Builder request) {
    long call = recording.invoke(op, slot, order, id);
    Answer answer = send(request.build());
    JsonNode body = answer.body();
    recording.complete(
        call,
        answer.known(),
        answer.status(),
        body.path("id").isString() ? answer.id() : null,
        body.path("state").isString() ? answer.state() : null,
        body.path("run").asInt(0),
        List.of(),
        note(op, body));
    return answer;
  }

  /** What a check wants of an answer beyond the job's state. */
  private static String note(String op, JsonNode body) {
    return switch (op) {
      case "result" ->
          body.path("run").asInt(0)
              + "/"
              + body.path("attempt").asInt(0)
              + "/"
              + body.path("pad").asString("").length();
      case "counts" -> body.path("byState").toString();
      default -> body.path("type").asString("");
    };
  }

  /** One exchange, with what is known of its effect afterwards. */
  Answer send(HttpRequest request) {
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      int status = response.statusCode();
      Known known = status < 300 ? Known.OK : status < 500 ? Known.FAIL : Known.INFO;
      return new Answer(status, known, json(response.body()));
    } catch (ConnectException | HttpConnectTimeoutException _) {
      return new Answer(0, Known.FAIL, MissingNode.getInstance()); // never sent
    } catch (IOException _) {
      return new Answer(0, Known.INFO, MissingNode.getInstance());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Answer(0, Known.INFO, MissingNode.getInstance());
    }
  }

  private static JsonNode json(String text) {
    try {
      return text.isEmpty() ? MissingNode.getInstance() : Recording.JSON.readTree(text);
    } catch (JacksonException _) {
      return MissingNode.getInstance();
    }
  }
}
