package io.threadmill.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** The table "Jobs" of the contract, route by route. */
@Timeout(60)
class JobRoutesIT extends ServiceIT {

  private static final List<String> MEMBERS =
      List.of(
          "id",
          "type",
          "state",
          "params",
          "result",
          "error",
          "run",
          "attempt",
          "progress",
          "cache",
          "priority",
          "tags",
          "batchId",
          "template",
          "index",
          "createdAt",
          "startedAt",
          "finishedAt",
          "expiresAt",
          "cancelRequestedAt",
          "waiting",
          "attempts");

  private void awaitRunning(String path) {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> json(get(path)).path("state").asString().equals("running"));
  }

  @Test
  void aSubmittedJobIsAnsweredWithItsPlace() {
    HttpResponse<String> answer =
        post(
            "/v1/jobs",
            "{\"type\":\"rehearse\",\"params\":{\"result\":[1,\"ü\"]},\"tags\":[\"a\"],\"priority\":7}");
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    JsonNode job = json(answer);
    assertThat(answer.headers().firstValue("Location"))
        .hasValue("/v1/jobs/" + job.path("id").asString());
    assertThat(List.copyOf(job.propertyNames())).isEqualTo(MEMBERS);
    JsonNode ended = ended("/v1/jobs/" + job.path("id").asString());
    assertThat(ended.path("state").asString()).isEqualTo("succeeded");
    assertThat(ended.path("result").toString()).isEqualTo("[1,\"ü\"]");
    assertThat(ended.path("cache").asString()).isEqualTo("bypass");
    assertThat(ended.path("priority").asInt()).isEqualTo(7);
    HttpResponse<String> bare = get("/v1/jobs/" + job.path("id").asString() + "/result");
    assertThat(bare.body()).isEqualTo("[1,\"ü\"]");
    assertThat(bare.headers().firstValue("Content-Type")).hasValue("application/json");
  }

  @Test
  void aPreferenceToWaitIsAnsweredByTheEndOrTheLimit() {
    HttpResponse<String> fast =
        post(
            "/v1/jobs",
            "{\"type\":\"rehearse\",\"params\":{\"wait\":\"50ms\"}}",
            "Prefer",
            "respond-async, wait=20");
    assertThat(fast.statusCode()).isEqualTo(200);
    assertThat(fast.headers().firstValue("Preference-Applied")).hasValue("wait=20");
    HttpResponse<String> slow =
        post(
            "/v1/jobs", "{\"type\":\"rehearse\",\"params\":{\"wait\":\"1h\"}}", "Prefer", "wait=1");
    assertThat(slow.statusCode()).isEqualTo(202);
    assertThat(slow.headers().firstValue("Preference-Applied")).hasValue("wait=1");
    send("POST", slow.headers().firstValue("Location").orElseThrow() + "/cancel", "");
  }

  @Test
  void anUnchangedJobIsNotSentAgain() {
    String path = rehearse("{}");
    ended(path);
    HttpResponse<String> first = get(path);
    String tag = first.headers().firstValue("ETag").orElseThrow();
    assertThat(first.headers().firstValue("Retry-After")).isEmpty();
    assertThat(get(path, "If-None-Match", "\"x\", W/" + tag).statusCode()).isEqualTo(304);
    assertThat(get(path, "If-None-Match", "\"x\"").statusCode()).isEqualTo(200);
    assertThat(get(path, "If-None-Match", tag, "Prefer", "wait=1").statusCode()).isEqualTo(304);
  }

  @Test
  void aWaitWithATagReturnsAtTheFirstChange() throws Exception {
    String path = endless();
    awaitRunning(path);
    String tag = get(path).headers().firstValue("ETag").orElseThrow();
    var changed =
        HTTP.sendAsync(
            HttpRequest.newBuilder(URI.create(url(path)))
                .header("If-None-Match", tag)
                .header("Prefer", "wait=30")
                .build(),
            BodyHandlers.ofString());
    assertThat(send("POST", path + "/cancel", "").statusCode()).isEqualTo(202);
    assertThat(changed.get().statusCode()).isEqualTo(200);
  }

  @Test
  void cancellingIsAnsweredByState() {
    String scheduled =
        post("/v1/jobs", "{\"type\":\"rehearse\",\"params\":{},\"delay\":\"1h\"}")
            .headers()
            .firstValue("Location")
            .orElseThrow();
    HttpResponse<String> cancelled = send("POST", scheduled + "/cancel", "");
    assertThat(cancelled.statusCode()).isEqualTo(200);
    assertThat(json(cancelled).path("state").asString()).isEqualTo("cancelled");
    assertThat(send("POST", scheduled + "/cancel", "").statusCode()).isEqualTo(200);

    String running = endless();
    awaitRunning(running);
    HttpResponse<String> asked = send("POST", running + "/cancel", "");
    assertThat(asked.statusCode()).isEqualTo(202);
    assertThat(json(asked).path("cancelRequestedAt").isString()).isTrue();
    JsonNode ended = ended(running);
    assertThat(ended.path("state").asString()).isEqualTo("cancelled");

    String done = rehearse("{}");
    ended(done);
    HttpResponse<String> late = send("POST", done + "/cancel", "");
    assertThat(late.statusCode()).isEqualTo(409);
    assertThat(json(late).path("type").asString()).isEqualTo("/problems/job-finished");
  }

  @Test
  void aFailedJobTellsWhyAndIsRetriedUnderTheSameId() {
    String path = rehearse("{\"error\":\"terminal\"}");
    JsonNode failed = ended(path);
    assertThat(failed.path("state").asString()).isEqualTo("failed");
    assertThat(failed.path("error").path("retryable").asBoolean()).isFalse();
    HttpResponse<String> result = get(path + "/result");
    assertThat(result.statusCode()).isEqualTo(409);
    assertThat(json(result).path("type").asString()).isEqualTo("/problems/job-failed");
    assertThat(json(result).path("error")).isEqualTo(failed.path("error"));
    String page = failed.path("error").path("type").asString();
    assertThat(get(page).statusCode()).as(page).isEqualTo(200);

    HttpResponse<String> retried = send("POST", path + "/retry", "");
    assertThat(retried.statusCode()).isEqualTo(202);
    JsonNode again = ended(path);
    assertThat(again.path("run").asInt()).isEqualTo(2);
    assertThat(again.path("attempts")).hasSize(2);
  }

  @Test
  void aJobThatSucceededIsNotRetriedAndIsDeleted() {
    String path = rehearse("{}");
    ended(path);
    assertThat(send("POST", path + "/retry", "").statusCode()).isEqualTo(409);
    assertThat(send("DELETE", path, "").statusCode()).isEqualTo(204);
    assertThat(get(path).statusCode()).isEqualTo(404);
    String running = endless();
    assertThat(send("DELETE", running, "").statusCode()).isEqualTo(409);
    HttpResponse<String> early = get(running + "/result");
    assertThat(early.statusCode()).isEqualTo(409);
    assertThat(json(early).path("type").asString()).isEqualTo("/problems/job-not-finished");
    assertThat(json(get(running + "/result?partial=true")).path("type").asString())
        .isEqualTo("/problems/no-partial-results");
    send("POST", running + "/cancel", "");
  }

  @Test
  void aRepeatedPostUnderOneKeyIsOneJob() {
    String body = "{\"type\":\"rehearse\",\"params\":{\"result\":1},\"priority\":3}";
    String reordered = "{\"priority\":3,\"params\":{\"result\":1},\"type\":\"rehearse\"}";
    HttpResponse<String> first = post("/v1/jobs", body, "Idempotency-Key", "once-only");
    HttpResponse<String> second = post("/v1/jobs", reordered, "Idempotency-Key", "\"once-only\"");
    assertThat(second.statusCode()).isEqualTo(202);
    assertThat(second.headers().firstValue("Idempotency-Replayed")).hasValue("true");
    assertThat(json(second).path("id")).isEqualTo(json(first).path("id"));
    assertThat(first.headers().firstValue("Idempotency-Replayed")).isEmpty();
    HttpResponse<String> other =
        post("/v1/jobs", body.replace('3', '4'), "Idempotency-Key", "once-only");
    assertThat(other.statusCode()).isEqualTo(422);
    assertThat(json(other).path("type").asString()).isEqualTo("/problems/idempotency-conflict");
  }

  @Test
  void aRepeatedPostWhoseJobWasDeletedIsANewJob() {
    String body = "{\"type\":\"rehearse\",\"params\":{}}";
    HttpResponse<String> first = post("/v1/jobs", body, "Idempotency-Key", "deleted-since");
    String path = first.headers().firstValue("Location").orElseThrow();
    ended(path);
    assertThat(send("DELETE", path, "").statusCode()).isEqualTo(204);
    HttpResponse<String> second = post("/v1/jobs", body, "Idempotency-Key", "deleted-since");
    assertThat(second.statusCode()).isEqualTo(202);
    assertThat(second.headers().firstValue("Idempotency-Replayed")).isEmpty();
    assertThat(json(second).path("id")).isNotEqualTo(json(first).path("id"));
  }

  @Test
  void jobsAreListedInPagesAndChangedByFilter() {
    var ids = new ArrayList<String>();
    for (int i = 0; i < 5; i++) {
      HttpResponse<String> answer =
          post(
              "/v1/jobs",
              "{\"type\":\"rehearse\",\"params\":{},\"delay\":\"1h\",\"tags\":[\"listed\"]}");
      ids.add(json(answer).path("id").asString());
    }
    var met = new ArrayList<String>();
    String path = "/v1/jobs?tag=listed&limit=2";
    String cursor = "";
    while (cursor != null) {
      JsonNode page = json(get(path + cursor));
      for (JsonNode job : page.path("jobs")) {
        assertThat(job.has("params")).isFalse();
        assertThat(job.has("result")).isFalse();
        met.add(job.path("id").asString());
      }
      cursor = page.path("next").isNull() ? null : "&cursor=" + page.path("next").asString();
    }
    assertThat(met).isEqualTo(ids.reversed());
    HttpResponse<String> cancelled = send("POST", "/v1/jobs/cancel?tag=listed", "");
    assertThat(cancelled.statusCode()).isEqualTo(202);
    assertThat(cancelled.body()).isEqualTo("{\"changed\":5}");
    assertThat(send("POST", "/v1/jobs/retry?tag=listed&state=cancelled", "").body())
        .isEqualTo("{\"changed\":5}");
    JsonNode counts = json(get("/v1/jobs/counts"));
    assertThat(counts.path("byState").propertyNames())
        .containsExactly("scheduled", "queued", "running", "succeeded", "failed", "cancelled");
    assertThat(counts.path("byType").path("rehearse").path("succeeded").isNumber()).isTrue();
  }

  @Test
  void credentialsAreNotReadBack() {
    HttpResponse<String> answer =
        post(
            "/v1/jobs",
            "{\"type\":\"rehearse\",\"params\":{\"result\":{\"headers\":{\"AUTHORIZATION\":\"secret-1\",\"x\":\"y\"},"
                + "\"list\":[[\"Cookie\",\"secret-2\"],{\"name\":\"proxy-authorization\",\"value\":\"secret-3\"}]}},\"delay\":\"1h\"}");
    assertThat(answer.body()).doesNotContain("secret").contains("***").contains("\"x\":\"y\"");
  }

  @Test
  void eventsTellStatesInOrderAndEndTheStream() throws Exception {
    String path = rehearse("{\"wait\":\"300ms\"}");
    List<String> names = new ArrayList<>();
    String lastId = "";
    String data = "";
    try (BufferedReader stream = events(path, null)) {
      String line = stream.readLine();
      while (line != null) {
        if (line.startsWith("event: ")) {
          names.add(line.substring(7));
        } else if (line.startsWith("id: ")) {
          lastId = line.substring(4);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        }
        line = stream.readLine();
      }
    }
    assertThat(names).endsWith("state", "end").containsOnly("state", "end");
    assertThat(List.copyOf(JSON.readTree(data).propertyNames()))
        .isEqualTo(List.of("id", "state", "run", "attempt"));
    assertThat(JSON.readTree(data).path("state").asString()).isEqualTo("succeeded");

    try (BufferedReader resumed = events(path, lastId)) {
      assertThat(resumed.lines().filter(line -> line.startsWith("event: ")))
          .containsExactly("event: end");
    }
  }

  @Test
  void aResumedStreamRepeatsWhatWasMissed() throws Exception {
    String path = rehearse("{}");
    ended(path);
    try (BufferedReader all = events(path, "0-1")) {
      List<String> states =
          all.lines()
              .filter(line -> line.startsWith("data: {\"id"))
              .map(line -> JSON.readTree(line.substring(6)).path("state").asString())
              .toList();
      assertThat(states).endsWith("queued", "running", "succeeded", "succeeded");
    }
  }

  private BufferedReader events(String path, String lastEventId) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(url(path + "/events")));
    if (lastEventId != null) {
      request.header("Last-Event-ID", lastEventId);
    }
    HttpResponse<InputStream> answer = HTTP.send(request.build(), BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/event-stream");
    return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
  }
}
