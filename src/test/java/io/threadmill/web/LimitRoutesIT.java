package io.threadmill.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The limits of keys over HTTP, and what jobs notice of them. */
@Timeout(60)
class LimitRoutesIT extends ServiceIT {

  private HttpResponse<String> put(String key, String body) {
    return send("PUT", "/v1/limits/" + key, body, "Content-Type", "application/json");
  }

  @Test
  void aLimitIsSetReplacedReadAndTakenAway() {
    HttpResponse<String> created = put("shop.example", "{\"concurrency\":4,\"rate\":\"10/s\"}");
    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(created.body()).isEqualTo("{\"concurrency\":4,\"rate\":\"10/s\"}");
    assertThat(get("/v1/limits/shop.example").body()).isEqualTo(created.body());

    HttpResponse<String> replaced = put("shop.example", "{\"rate\":\"5000/s\"}");
    assertThat(replaced.statusCode()).isEqualTo(200);
    assertThat(get("/v1/limits/shop.example").body())
        .isEqualTo("{\"concurrency\":null,\"rate\":\"5000/s\"}");

    assertThat(send("DELETE", "/v1/limits/shop.example", "").statusCode()).isEqualTo(204);
    for (HttpResponse<String> gone :
        List.of(get("/v1/limits/shop.example"), send("DELETE", "/v1/limits/shop.example", ""))) {
      assertThat(gone.statusCode()).isEqualTo(404);
      assertThat(json(gone).path("type").asString()).isEqualTo("/problems/limit-not-found");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{}                       | 422 | invalid-limit  | ~~",
        "{\"concurrency\":null}   | 422 | invalid-limit  | ~~",
        "{\"concurrency\":0}      | 422 | invalid-limit  | /concurrency",
        "{\"concurrency\":-1}     | 422 | invalid-limit  | /concurrency",
        "{\"concurrency\":100001} | 422 | invalid-limit  | /concurrency",
        "{\"concurrency\":99999999999} | 422 | invalid-limit  | /concurrency",
        "{\"concurrency\":\"4\"}  | 400 | malformed-json | /concurrency",
        "{\"concurrency\":1.5}    | 400 | malformed-json | /concurrency",
        "{\"rate\":\"fast\"}      | 422 | invalid-limit  | /rate",
        "{\"rate\":\"0/s\"}       | 422 | invalid-limit  | /rate",
        "{\"rate\":\"10001/s\"}   | 422 | invalid-limit  | /rate",
        "{\"rate\":10}            | 400 | malformed-json | /rate",
        "{\"burst\":10}           | 400 | malformed-json | /burst",
        "[]                       | 400 | malformed-json | ~~",
      })
  void aBadLimitNamesItsField(String body, int status, String slug, String pointer) {
    HttpResponse<String> answer = put("bad", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(json(answer).path("type").asString()).isEqualTo("/problems/" + slug);
    assertThat(json(answer).path("errors").path(0).path("pointer").asString()).isEqualTo(pointer);
    assertThat(get("/v1/limits/bad").statusCode()).isEqualTo(404);
  }

  @Test
  void aKeyThatNoJobCanHaveAndAQueryAreRefused() {
    assertThat(put("k".repeat(201), "{\"concurrency\":1}").statusCode()).isEqualTo(400);
    assertThat(put("%20", "{\"concurrency\":1}").statusCode()).isEqualTo(400);
    assertThat(put("k?x=1", "{\"concurrency\":1}").statusCode()).isEqualTo(400);
    assertThat(get("/v1/limits").statusCode()).isEqualTo(404);
    assertThat(put("k", " ".repeat(5000)).statusCode()).isEqualTo(413);
  }

  private List<String> submit(int jobs, String key, String wait) {
    var paths = new ArrayList<String>();
    for (int i = 0; i < jobs; i++) {
      var answer =
          post(
              "/v1/jobs",
              "{\"type\":\"rehearse\",\"params\":{\"wait\":\"%s\"},\"key\":\"%s\"}"
                  .formatted(wait, key));
      paths.add(answer.headers().firstValue("Location").orElseThrow());
    }
    return paths;
  }

  @Test
  void jobsOverAKeysLimitWaitSayWhyAndGoOnWhenItIsTakenAway() {
    put("capped", "{\"concurrency\":1}");
    List<String> paths = submit(3, "capped", "1h");
    await().atMost(Duration.ofSeconds(10)).until(() -> states(paths).contains("running"));
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() ->
            json(get(paths.getLast())).path("waiting").path("for").asString("").equals("key"));
    assertThat(states(paths)).containsExactlyInAnyOrder("running", "queued", "queued");
    assertThat(json(get(paths.getLast())).path("waiting").path("detail").asString())
        .isEqualTo("capped is at its limit of 1");
    assertThat(
            json(post("/v1/jobs", "{\"type\":\"rehearse\",\"params\":{}}", "Prefer", "wait=10"))
                .path("state")
                .asString())
        .isEqualTo("succeeded");
    send("DELETE", "/v1/limits/capped", "");
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> states(paths).stream().allMatch("running"::equals));
    paths.forEach(path -> send("POST", path + "/cancel", ""));
  }

  @Test
  void startsKeepToTheRateAndUseIt() {
    put("paced", "{\"rate\":\"20/s\"}");
    List<String> paths = submit(30, "paced", "0s");
    List<Instant> starts =
        paths.stream()
            .map(path -> Instant.parse(ended(path).path("startedAt").asString()))
            .sorted()
            .toList();
    for (int i = 20; i < starts.size(); i++) {
      // Millisecond by millisecond: both ends of the window are rounded down.
      assertThat(Duration.between(starts.get(i - 20), starts.get(i)))
          .isGreaterThanOrEqualTo(Duration.ofMillis(999));
    }
    assertThat(Duration.between(starts.getFirst(), starts.getLast()))
        .isLessThan(Duration.ofSeconds(4));
  }

  private List<String> states(List<String> paths) {
    return paths.stream()
        .map(path -> json(get(path)))
        .map((JsonNode job) -> job.path("state").asString())
        .toList();
  }
}
