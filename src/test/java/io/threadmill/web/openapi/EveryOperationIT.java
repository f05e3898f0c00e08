package io.threadmill.web.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.redis.RedisFixture;
import io.threadmill.web.ServiceIT;
import io.threadmill.web.openapi.Operations.Operation;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** What every operation of the document answers alike. */
@Timeout(120)
class EveryOperationIT extends ServiceIT {

  private final Operations operations = Operations.documented();

  @Test
  void noOperationAnswersAnotherHostsName() {
    for (Operation operation : operations.all()) {
      String answer = raw(operation, "Host: evil.example");
      assertThat(answer).as("%s", operation).startsWith("HTTP/1.1 403").contains("forbidden-host");
    }
  }

  @Test
  void whatCannotBeGivenIsNotAcceptable() {
    List<Operation> choosy =
        operations.all().stream()
            .filter(operation -> !operation.answer(406).isMissingNode())
            .toList();
    assertThat(choosy).isNotEmpty();
    for (Operation operation : choosy) {
      assertThat(raw(operation, "Host: localhost\r\nAccept: image/png"))
          .as("%s", operation)
          .startsWith("HTTP/1.1 406");
    }
  }

  @Test
  void everyOperationOnWhatIsNotThereSaysSo() {
    for (Operation operation : operations.all()) {
      if (!operation.answer(404).isMissingNode()) {
        HttpResponse<String> answer = send(operation.method(), operation.examplePath(), "");
        assertThat(answer.statusCode()).as("%s %s", operation, answer.body()).isEqualTo(404);
      }
    }
  }

  @Test
  void anUnknownQueryParameterIsRefusedByEveryOperationThatSaysSo() {
    List<Operation> strict =
        operations.all().stream()
            .filter(operation -> !operation.answer(400).isMissingNode())
            .toList();
    assertThat(strict).isNotEmpty();
    for (Operation operation : strict) {
      HttpResponse<String> answer =
          send(
              operation.method(),
              operation.examplePath() + "?wat=1",
              "{}",
              "Content-Type",
              "application/json");
      assertThat(answer.statusCode()).as("%s %s", operation, answer.body()).isEqualTo(400);
    }
  }

  @Test
  void whileRedisIsSilentEveryOperationThatNeedsItSaysSo() throws Exception {
    List<Operation> stored =
        operations.all().stream()
            .filter(operation ->
                operation.answer(503).toString().contains("/problems/store-unavailable"))
            .toList();
    assertThat(stored).isNotEmpty();
    RedisFixture.command("CLIENT PAUSE 60000 WRITE"); // scripts count as such
    try {
      assertUnavailable(stored.stream().filter(operation -> !isPlainRead(operation)).toList());
      for (String path : List.of("/actuator/health", "/actuator/health/queue")) {
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(() -> assertThat(get(path).statusCode()).as(path).isEqualTo(503));
      }
    } finally {
      RedisFixture.command("CLIENT UNPAUSE");
    }
    RedisFixture.command("CLIENT PAUSE 5000 ALL"); // not to be taken back
    assertUnavailable(stored.stream().filter(EveryOperationIT::isPlainRead).toList());
    await().atMost(Duration.ofSeconds(30)).until(() -> get("/v1/jobs/counts").statusCode() == 200);
  }

  @Test
  void whileRedisIsFullEveryOperationThatNeedsRoomSaysSo() throws Exception {
    List<Operation> needy =
        operations.all().stream()
            .filter(
                operation -> operation.answer(503).toString().contains("/problems/backlog-full"))
            .toList();
    assertThat(needy).hasSizeGreaterThan(3);
    RedisFixture.command("CONFIG SET maxmemory 100000");
    try {
      for (Operation operation : needy) {
        HttpResponse<String> answer = call(operation);
        assertThat(answer.statusCode()).as("%s %s", operation, answer.body()).isEqualTo(503);
        assertThat(answer.body()).as("%s", operation).contains("/problems/backlog-full");
      }
    } finally {
      RedisFixture.command("CONFIG SET maxmemory 0");
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> post("/v1/jobs", "{\"type\":\"rehearse\",\"params\":{}}").statusCode() == 202);
  }

  /** Answered by a command that Redis knows as a read. */
  private static boolean isPlainRead(Operation operation) {
    return operation.toString().matches("GET /v1/(jobs/counts|templates.*|limits.*)");
  }

  private void assertUnavailable(List<Operation> some) throws Exception {
    try (var calls = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new LinkedHashMap<Operation, Future<HttpResponse<String>>>();
      some.forEach(operation -> answers.put(operation, calls.submit(() -> call(operation))));
      for (var answer : answers.entrySet()) {
        assertThat(answer.getValue().get().statusCode()).as("%s", answer.getKey()).isEqualTo(503);
      }
    }
  }

  /** A call that the operation takes. */
  private HttpResponse<String> call(Operation operation) {
    String query = operation.path().matches("/v1/jobs/(cancel|retry)") ? "?tag=x" : "";
    JsonNode body =
        operation
            .node()
            .at("/requestBody/content/application~1json/examples")
            .valueStream()
            .findFirst()
            .map(example -> example.path("value"))
            .orElse(null);
    String path =
        operation
            .path()
            .replace("{cache}", "responses")
            .replace("{id}", "0".repeat(26))
            .replace("{number}", "1");
    return send(
        operation.method(),
        path.replaceAll("\\{[^}]*}", "unsure") + query, // written once Redis is back, perhaps
        body == null ? "" : body.toString(),
        "Content-Type",
        "application/json");
  }

  private String raw(Operation operation, String headers) {
    String request =
        "%s %s HTTP/1.1\r\n%s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            .formatted(operation.method(), operation.examplePath(), headers);
    try (var socket = new Socket("localhost", port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Contract.check(request, answer);
      return answer;
    } catch (IOException fault) {
      throw new AssertionError("no answer to " + Arrays.toString(request.split("\r\n")), fault);
    }
  }
}
