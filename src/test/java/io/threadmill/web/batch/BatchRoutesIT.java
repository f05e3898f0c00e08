package io.threadmill.web.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.web.ServiceIT;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The table "Batches" of the contract, route by route. */
@Timeout(90)
class BatchRoutesIT extends ServiceIT {

  private HttpResponse<String> ndjson(String query, String lines, String... headers) {
    var all = new ArrayList<>(List.of("Content-Type", "application/x-ndjson"));
    all.addAll(List.of(headers));
    return send("POST", "/v1/batches?" + query, lines, all.toArray(String[]::new));
  }

  private static String place(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return answer.headers().firstValue("Location").orElseThrow();
  }

  private static long sum(JsonNode batch) {
    return batch.path("counts").valueStream().mapToLong(JsonNode::asLong).sum();
  }

  private static String lines(int count) {
    return IntStream.range(0, count)
        .mapToObj("{\"result\":%d}"::formatted)
        .collect(Collectors.joining("\n"));
  }

  private List<JsonNode> streamed(String path, String query) {
    return get(path + "/results" + query, "Accept", "application/x-ndjson")
        .body()
        .lines()
        .map(JSON::readTree)
        .toList();
  }

  @Test
  void aJsonBatchIsMappedOverItsItems() {
    HttpResponse<String> answer =
        post(
            "/v1/batches",
            "{\"type\":\"rehearse\",\"common\":{\"result\":{\"a\":1}},\"priority\":7,"
                + "\"items\":[{\"result\":{\"b\":2}},{\"wat\":1},{\"result\":null},7]}");
    String path = place(answer);
    JsonNode batch = ended(path);
    assertThat(List.copyOf(batch.propertyNames()))
        .containsSubsequence(
            "id", "state", "total", "counts", "truncated", "createdAt", "finishedAt");
    assertThat(batch.path("state").asString()).isEqualTo("finished");
    assertThat(batch.path("total").asLong()).isEqualTo(4).isEqualTo(sum(batch));
    JsonNode page = json(get(path + "/results?order=submitted"));
    assertThat(page.path("next").isNull()).isTrue();
    JsonNode rows = page.path("jobs");
    assertThat(rows.valueStream().map(row -> row.path("index").asInt()))
        .containsExactly(0, 1, 2, 3);
    assertThat(rows.path(0).path("result")).hasToString("{\"a\":1,\"b\":2}");
    assertThat(rows.path(0).path("priority").asInt()).isEqualTo(7);
    assertThat(rows.path(0).path("batchId")).isEqualTo(batch.path("id"));
    assertThat(rows.path(1).path("error").path("type").asString())
        .isEqualTo("/problems/invalid-item");
    assertThat(rows.path(1).path("error").path("errors").path(0).path("pointer").asString())
        .isEqualTo("/wat");
    assertThat(rows.path(2).path("result").isNull()).as("null took it away").isTrue();
    assertThat(rows.path(3).path("state").asString()).isEqualTo("failed");
    JsonNode row = json(get("/v1/jobs/" + rows.path(0).path("id").asString()));
    assertThat(row).isEqualTo(rows.path(0));
    assertThat(get("/problems/invalid-item").statusCode()).isEqualTo(200);
  }

  @Test
  void aBadLineIsAFailedRowAndSpoilsNoOther() {
    String path =
        place(
            ndjson(
                "type=rehearse",
                "{\"result\":1}\n\nnot json\n{\"wait\":\"soon\"}\r\n{\"result\":2,\"result\":3}\n{\"result\":4}"));
    assertThat(ended(path).path("counts").path("failed").asInt()).isEqualTo(3);
    List<JsonNode> rows = streamed(path, "?order=submitted");
    assertThat(rows).hasSize(5);
    assertThat(rows.stream().map(row -> row.path("error").path("line").asInt()))
        .containsExactly(0, 3, 4, 5, 0);
    assertThat(rows.getLast().path("result").asInt()).isEqualTo(4);
  }

  @Test
  void resultsComeWhileTheBatchRunsInTheOrderOfTheirEnds() {
    HttpResponse<String> answer =
        post(
            "/v1/batches",
            "{\"type\":\"rehearse\",\"items\":[{\"wait\":\"1500ms\"},{\"wait\":\"10ms\"},{\"wait\":\"700ms\"}]}");
    String path = place(answer);
    List<JsonNode> rows = streamed(path, "");
    assertThat(rows.stream().map(row -> row.path("index").asInt())).containsExactly(1, 2, 0);
    String cursor = rows.get(1).path("cursor").asString();
    assertThat(streamed(path, "?cursor=" + cursor).stream().map(row -> row.path("index").asInt()))
        .as("who was cut off goes on where it was")
        .containsExactly(0);
    assertThat(
            get(path + "/results", "Accept", "application/x-ndjson", "Last-Event-ID", cursor)
                .body()
                .lines())
        .hasSize(1);
  }

  @Test
  void aLargerBatchIsReadWholeInEveryWay() {
    String path = place(ndjson("type=rehearse", lines(1500)));
    List<JsonNode> completed = streamed(path, "");
    assertThat(completed.stream().map(row -> row.path("index").asInt()).distinct()).hasSize(1500);
    assertThat(streamed(path, "?order=submitted").stream().map(row -> row.path("result").asInt()))
        .containsExactlyElementsOf(IntStream.range(0, 1500).boxed().toList());
    var paged = new ArrayList<Integer>();
    String next = "";
    while (next != null) {
      JsonNode page = json(get(path + "/results?order=submitted&limit=400" + next));
      page.path("jobs").forEach(job -> paged.add(job.path("index").asInt()));
      next = page.path("next").isNull() ? null : "&cursor=" + page.path("next").asString();
    }
    assertThat(paged).containsExactlyElementsOf(IntStream.range(0, 1500).boxed().toList());
    String id = path.substring(path.lastIndexOf('/') + 1);
    var listed = new ArrayList<Integer>();
    String cursor = "";
    while (cursor != null) {
      JsonNode page = json(get("/v1/jobs?batch=" + id + "&limit=1000" + cursor));
      page.path("jobs").forEach(job -> listed.add(job.path("index").asInt()));
      cursor = page.path("next").isNull() ? null : "&cursor=" + page.path("next").asString();
    }
    assertThat(listed.reversed())
        .containsExactlyElementsOf(IntStream.range(0, 1500).boxed().toList());
    List<String> csv =
        get(path + "/results?order=submitted", "Accept", "text/csv").body().lines().toList();
    assertThat(csv).hasSize(1501);
    assertThat(csv.getFirst()).isEqualTo("index,id,state,error,result,more");
    assertThat(csv.get(8)).startsWith("7,").endsWith(",succeeded,,7,");
  }

  @Test
  void csvSpreadsTheFieldsOfResults() {
    String path =
        place(
            post(
                "/v1/batches",
                "{\"type\":\"rehearse\",\"items\":[{\"result\":{\"t\":\"a,\\\"b\\\"\",\"extract\":{\"p\":1.5}}},"
                    + "{\"error\":\"terminal\",\"result\":{}},{\"result\":{\"list\":[1,2]}}]}"));
    ended(path);
    assertThat(get(path + "/results?order=submitted", "Accept", "text/csv").body().lines())
        .map(line -> line.replaceAll("01[0-9a-z]{24}", "ID"))
        .containsExactly(
            "index,id,state,error,t,extract.p,list,more",
            "0,ID,succeeded,,\"a,\"\"b\"\"\",1.5,,",
            "1,ID,failed,/problems/rehearsed-failure,,,,",
            "2,ID,succeeded,,,,\"[1,2]\",");
  }

  @Test
  void anAtomicBatchIsRefusedWholeForOneBadItem() {
    HttpResponse<String> refused =
        post("/v1/batches?atomic=true", "{\"type\":\"rehearse\",\"items\":[{},{\"wait\":\"x\"}]}");
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(json(refused).path("errors").path(0).path("pointer").asString())
        .isEqualTo("/items/1/wait");
    HttpResponse<String> line = ndjson("type=rehearse&atomic=true", "{}\n{\"wait\":\"x\"}\n");
    assertThat(line.statusCode()).isEqualTo(422);
    assertThat(json(line).path("errors").path(0).path("detail").asString()).startsWith("line 2: ");
    assertThat(json(get("/v1/batches")).path("batches").valueStream())
        .noneMatch(batch -> batch.path("state").asString().equals("open"));
    String whole = place(ndjson("type=rehearse&atomic=true", lines(3)));
    assertThat(ended(whole).path("counts").path("succeeded").asInt()).isEqualTo(3);
  }

  @Test
  void aBodyCutOffLeavesATruncatedBatchWhoseRowsRun() throws Exception {
    long before = json(get("/v1/batches?limit=200")).path("batches").size();
    try (var socket = new Socket("localhost", port)) {
      OutputStream out = socket.getOutputStream();
      String lines = lines(2000);
      out.write(
          ("POST /v1/batches?type=rehearse HTTP/1.1\r\nHost: localhost:%d\r\nContent-Type: application/x-ndjson\r\n"
                  + "Content-Length: %d\r\n\r\n%s\n{\"resul")
              .formatted(port, lines.length() * 2, lines)
              .getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> {
          JsonNode newest = json(get("/v1/batches?limit=200")).path("batches");
          return newest.size() > before
              && newest.path(0).path("state").asString().equals("finished");
        });
    JsonNode batch = json(get("/v1/batches?limit=1")).path("batches").path(0);
    assertThat(batch.path("truncated").asBoolean()).isTrue();
    assertThat(batch.path("total").asInt()).isEqualTo(2000).isEqualTo((int) sum(batch));
  }

  @Test
  void rowsOfASlowUploadRunWhileItsLinesStillCome() throws IOException {
    try (var socket = new Socket("localhost", port)) {
      OutputStream out = socket.getOutputStream();
      String line = "{\"result\":\"slow\"}\n";
      String head =
          "POST /v1/batches?type=rehearse HTTP/1.1\r\nHost: localhost:%d\r\nContent-Type: application/x-ndjson\r\n"
                  .formatted(port)
              + "Connection: close\r\nContent-Length: %d\r\n\r\n".formatted(2 * line.length());
      out.write(head.getBytes(StandardCharsets.UTF_8));
      out.write(line.getBytes(StandardCharsets.UTF_8));
      out.flush();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> {
            JsonNode batch = json(get("/v1/batches?limit=1")).path("batches").path(0);
            return batch.path("state").asString().equals("open")
                && batch.path("counts").path("succeeded").asInt() == 1;
          });
      out.write(line.getBytes(StandardCharsets.UTF_8));
      out.flush();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 202 ").contains("\"total\":2,");
    }
  }

  @Test
  void aBatchIsCancelledRetriedAndDeleted() {
    String path =
        place(
            post(
                "/v1/batches",
                "{\"type\":\"rehearse\",\"items\":[{\"error\":\"terminal\"},{\"result\":1}]}"));
    assertThat(ended(path).path("counts").path("failed").asInt()).isEqualTo(1);
    assertThat(send("POST", path + "/cancel", "").statusCode()).isEqualTo(409);
    assertThat(send("POST", path + "/retry", "").statusCode()).isEqualTo(202);
    String unspoilt = place(post("/v1/batches", "{\"type\":\"rehearse\",\"items\":[{}]}"));
    ended(unspoilt);
    assertThat(send("POST", unspoilt + "/retry", "").statusCode()).isEqualTo(409);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            json(get(path + "/results"))
                .path("jobs")
                .valueStream()
                .anyMatch(row -> row.path("run").asInt() == 2));
    assertThat(ended(path).path("state").asString()).isEqualTo("finished");
    assertThat(send("DELETE", path, "").statusCode()).isEqualTo(204);
    assertThat(get(path).statusCode()).isEqualTo(404);
    assertThat(get(path + "/results").statusCode()).isEqualTo(404);

    String endless =
        place(
            post(
                "/v1/batches",
                "{\"type\":\"rehearse\",\"common\":{\"wait\":\"1h\"},\"items\":[%s]}"
                    .formatted("{},".repeat(99) + "{}")));
    assertThat(send("DELETE", endless, "").statusCode()).isEqualTo(409);
    assertThat(send("POST", endless + "/cancel", "").statusCode()).isEqualTo(202);
    JsonNode cancelled = ended(endless);
    assertThat(cancelled.path("state").asString()).isEqualTo("cancelled");
    assertThat(cancelled.path("counts").path("cancelled").asInt()).isEqualTo(100);
  }

  @Test
  void theSameKeyIsOneBatch() {
    String body = "{\"type\":\"rehearse\",\"items\":[{}]}";
    HttpResponse<String> first = post("/v1/batches", body, "Idempotency-Key", "batch-once");
    HttpResponse<String> again = post("/v1/batches", body, "Idempotency-Key", "batch-once");
    assertThat(json(again).path("id")).isEqualTo(json(first).path("id"));
    assertThat(again.headers().firstValue("Idempotency-Replayed")).hasValue("true");
    assertThat(
            post("/v1/batches", body.replace("{}", "{},{}"), "Idempotency-Key", "batch-once")
                .statusCode())
        .isEqualTo(422);
    HttpResponse<String> lines = ndjson("type=rehearse", lines(2), "Idempotency-Key", "lines-once");
    HttpResponse<String> other = ndjson("type=rehearse", lines(5), "Idempotency-Key", "lines-once");
    assertThat(json(other).path("id"))
        .as("the key alone decides")
        .isEqualTo(json(lines).path("id"));
  }

  @Test
  void eventsTellRowsCountsAndTheEndAndAreResumed() {
    String path =
        place(
            post(
                "/v1/batches",
                "{\"type\":\"rehearse\",\"items\":[{\"wait\":\"400ms\"},{\"wait\":\"10ms\"},{}]}"));
    String all = get(path + "/events").body();
    List<String> names =
        all.lines()
            .filter(line -> line.startsWith("event: "))
            .map(line -> line.substring(7))
            .toList();
    assertThat(names).endsWith("end").contains("counts");
    assertThat(names.stream().filter("job"::equals)).hasSize(3);
    String second =
        all.lines()
            .filter(line -> line.startsWith("id: c2"))
            .findFirst()
            .orElseThrow()
            .substring(4);
    String rest = get(path + "/events", "Last-Event-ID", second).body();
    assertThat(rest.lines().filter("event: job"::equals)).hasSize(1);
    assertThat(get(path + "/events", "Last-Event-ID", "c99").body()).contains("event: gap");
    assertThat(get(path + "/events", "Last-Event-ID", "x").statusCode()).isEqualTo(400);
  }

  @Test
  void aRowIsFollowedLikeAnyJob() {
    String path =
        place(post("/v1/batches", "{\"type\":\"rehearse\",\"items\":[{\"wait\":\"500ms\"}]}"));
    JsonNode row = json(get("/v1/jobs?batch=" + path.substring(path.lastIndexOf('/') + 1)));
    String job = "/v1/jobs/" + row.path("jobs").path(0).path("id").asString();
    assertThat(get(job + "/events").body()).contains("event: end");
    assertThat(ended(job).path("state").asString()).isEqualTo("succeeded");
  }

  @Test
  void aTemplateIsTheShapeOfABatch() {
    send(
        "PUT",
        "/v1/templates/of-batch",
        "{\"type\":\"rehearse\",\"params\":{\"result\":{\"a\":1}},\"tags\":[\"t\"]}",
        "Content-Type",
        "application/json");
    String path = place(ndjson("template=of-batch", "{\"result\":{\"b\":2}}\n"));
    assertThat(ended(path).path("template").asString()).isEqualTo("of-batch");
    JsonNode row = streamed(path, "").getFirst();
    assertThat(row.path("result")).hasToString("{\"a\":1,\"b\":2}");
    assertThat(row.path("template").asString()).isEqualTo("of-batch");
    assertThat(row.path("tags")).hasToString("[\"t\"]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{\"type\":\"rehearse\"}                                      | 422 | /items",
        "{\"type\":\"rehearse\",\"items\":{}}                           | 400 | /items",
        "{\"items\":[]}                                             | 422 | /type",
        "{\"type\":\"nothing\",\"items\":[]}                            | 422 | /type",
        "{\"type\":\"rehearse\",\"params\":{},\"items\":[]}               | 400 | /params",
        "{\"type\":\"rehearse\",\"common\":[],\"items\":[]}               | 400 | /common",
        "{\"type\":\"rehearse\",\"wat\":1,\"items\":[]}                   | 400 | /wat",
        "{\"type\":\"rehearse\",\"priority\":10,\"items\":[]}             | 422 | /priority",
        "{\"template\":\"no-such\",\"items\":[]}                        | 422 | /template",
      })
  void aBadBatchNamesItsField(String body, int status, String pointer) {
    HttpResponse<String> answer = post("/v1/batches", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(json(answer).path("errors").valueStream().map(e -> e.path("pointer").asString()))
        .contains(pointer);
  }

  @Test
  void sizesAndFormsAreBounded() throws IOException {
    HttpResponse<String> line =
        ndjson("type=rehearse", "{}\n{\"result\":\"" + "x".repeat(256 * 1024) + "\"}\n{}\n");
    assertThat(line.statusCode()).isEqualTo(413);
    JsonNode batch = ended("/v1/batches/" + json(line).path("batchId").asString());
    assertThat(batch.path("truncated").asBoolean()).isTrue();
    assertThat(batch.path("total").asInt()).isEqualTo(1);
    assertThat(post("/v1/batches", " ".repeat(16 * 1024 * 1024 + 1)).statusCode()).isEqualTo(413);
    assertThat(send("POST", "/v1/batches", "a", "Content-Type", "text/plain").statusCode())
        .isEqualTo(415);
    assertThat(get("/v1/batches/01k00000000000000000000000").statusCode()).isEqualTo(404);
    String path = place(ndjson("type=rehearse", ""));
    assertThat(ended(path).path("total").asInt()).isZero();
    assertThat(get(path + "/results?order=up").statusCode()).isEqualTo(400);
    assertThat(get(path + "/results?cursor=s1").statusCode()).isEqualTo(400);
    assertThat(get(path + "/results", "Accept", "image/png").statusCode()).isEqualTo(406);
    assertThat(get(path + "/results", "Accept", "text/csv").body())
        .isEqualTo("index,id,state,error,more\r\n");
  }
}
