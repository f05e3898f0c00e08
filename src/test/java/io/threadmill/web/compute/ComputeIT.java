package io.threadmill.web.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.web.ServiceIT;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** Compute jobs and the list of functions over HTTP. */
@TestPropertySource(
    properties = {"threadmill.pool.compute.max=4", "threadmill.pool.compute.size=4"})
class ComputeIT extends ServiceIT {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration WITHIN = Duration.ofSeconds(1);

  private HttpResponse<String> compute(String params, String... headers) {
    return post("/v1/jobs", "{\"type\":\"compute\",\"params\":" + params + "}", headers);
  }

  private JsonNode computed(String params) {
    HttpResponse<String> answer = compute(params, "Prefer", "wait=20");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer);
  }

  private String submitted(String options, String params) {
    HttpResponse<String> answer =
        post("/v1/jobs", "{\"type\":\"compute\"," + options + "\"params\":" + params + "}");
    return answer
        .headers()
        .firstValue("Location")
        .orElseThrow(() -> new AssertionError(answer.body()));
  }

  @Test
  void everyFunctionIsListedWithItsSchemasAndItsExampleRuns() {
    HttpResponse<String> answer = get("/v1/functions");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    JsonNode list = json(answer).path("functions");
    assertThat(list.valueStream().map(one -> one.path("name").asString()))
        .containsExactly("mandelbrot", "monte-carlo-pi", "primes", "statistics", "word-count");
    for (JsonNode function : list) {
      assertThat(function.propertyNames())
          .containsExactly(
              "name",
              "version",
              "description",
              "isolation",
              "mediaType",
              "inputSchema",
              "outputSchema",
              "example");
      assertThat(function.path("version").asInt()).isPositive();
      assertThat(function.path("isolation").asString()).isEqualTo("thread");
      String name = function.path("name").asString();
      assertThat(json(get("/v1/functions/" + name))).isEqualTo(function);
      JsonNode job =
          computed("{\"function\":\"%s\",\"input\":%s}".formatted(name, function.path("example")));
      assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("succeeded");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET,    /v1/functions/nothing,   404, function-not-found",
    "GET,    /v1/functions?x=1,       400, bad-request",
    "GET,    /v1/functions/primes?x,  400, bad-request",
    "POST,   /v1/functions,           405, method-not-allowed",
    "PUT,    /v1/functions/primes,    405, method-not-allowed",
    "PUT,    /v1/functions/new,       405, method-not-allowed",
    "DELETE, /v1/functions/primes,    405, method-not-allowed",
  })
  void whatTheRouteDoesNotTakeIsAProblem(String method, String path, int status, String slug) {
    HttpResponse<String> answer = send(method, path, "");
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(json(answer).path("type").asString()).isEqualTo("/problems/" + slug);
  }

  @Test
  void primesAnswersInline() {
    JsonNode job = computed("{\"function\":\"primes\",\"input\":{\"from\":0,\"to\":1000000}}");
    assertThat(job.path("result").toString()).isEqualTo("{\"count\":78498,\"largest\":999983}");
    String path = "/v1/jobs/" + job.path("id").asString();
    HttpResponse<String> bare = get(path + "/result");
    assertThat(bare.body()).isEqualTo("{\"count\":78498,\"largest\":999983}");
    assertThat(bare.headers().firstValue("Content-Type")).hasValue("application/json");
  }

  @Test
  void mandelbrotWithoutInputIsAnImage() throws Exception {
    JsonNode job = computed("{\"function\":\"mandelbrot\",\"input\":{}}");
    String path = "/v1/jobs/" + job.path("id").asString();
    assertThat(job.path("result").propertyNames())
        .containsExactlyInAnyOrder("mediaType", "bytes", "href");
    assertThat(job.at("/result/mediaType").asString()).isEqualTo("image/png");
    assertThat(job.at("/result/href").asString()).isEqualTo(path + "/result");
    HttpResponse<byte[]> image =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(url(path + "/result"))).build(),
            BodyHandlers.ofByteArray());
    assertThat(image.headers().firstValue("Content-Type")).hasValue("image/png");
    assertThat(image.body()).hasSize(job.at("/result/bytes").asInt());
    BufferedImage drawn = ImageIO.read(new ByteArrayInputStream(image.body()));
    assertThat(drawn.getWidth()).isEqualTo(512);
    assertThat(drawn.getRGB(341, 256)).isEqualTo(0xFF000000); // the origin
  }

  @ParameterizedTest
  @CsvSource({"mandelbrot", "monte-carlo-pi", "statistics", "word-count"})
  void allButPrimesNeedNoInput(String function) {
    for (String params :
        new String[] {
          "{\"function\":\"%s\"}", "{\"function\":\"%s\",\"input\":{},\"isolation\":\"thread\"}"
        }) {
      JsonNode job = computed(params.formatted(function));
      assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("succeeded");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{}                                                             | /params/function",
        "{\"function\":5}                                               | /params/function",
        "{\"function\":\"nothing\"}                                     | /params/function",
        "{\"function\":\"primes\",\"input\":{\"from\":1,\"to\":2},\"wat\":1} | /params/wat",
        "{\"function\":\"primes\",\"input\":{\"from\":1,\"to\":2},\"isolation\":\"process\"} | /params/isolation",
        "{\"function\":\"primes\",\"input\":{\"from\":1,\"to\":2},\"isolation\":\"vm\"} | /params/isolation",
        "{\"function\":\"primes\",\"input\":{\"from\":1,\"to\":2},\"isolation\":1} | /params/isolation",
        "{\"function\":\"primes\"}                                      | /params/input/from",
        "{\"function\":\"primes\",\"input\":{\"from\":1}}               | /params/input/to",
        "{\"function\":\"primes\",\"input\":\"x\"}                      | /params/input",
        "{\"function\":\"primes\",\"input\":{\"from\":1,\"to\":2,\"x\":3}}   | /params/input/x",
        "{\"function\":\"primes\",\"input\":{\"from\":\"1\",\"to\":2}}  | /params/input/from",
        "{\"function\":\"primes\",\"input\":{\"from\":1.5,\"to\":2}}    | /params/input/from",
        "{\"function\":\"primes\",\"input\":{\"from\":-1,\"to\":2}}     | /params/input/from",
        "{\"function\":\"primes\",\"input\":{\"from\":1,\"to\":1e13}}   | /params/input/to",
        "{\"function\":\"primes\",\"input\":{\"from\":1,\"to\":99999999999999999999}} | /params/input/to",
        "{\"function\":\"primes\",\"input\":{\"from\":0,\"to\":1000000000000}} | /params/input/to",
        "{\"function\":\"primes\",\"input\":{\"from\":9,\"to\":8}}      | /params/input/to",
        "{\"function\":\"monte-carlo-pi\",\"input\":{\"samples\":0}}    | /params/input/samples",
        "{\"function\":\"monte-carlo-pi\",\"input\":{\"seed\":-1}}      | /params/input/seed",
        "{\"function\":\"mandelbrot\",\"input\":{\"width\":0}}          | /params/input/width",
        "{\"function\":\"mandelbrot\",\"input\":{\"height\":2049}}      | /params/input/height",
        "{\"function\":\"mandelbrot\",\"input\":{\"centerX\":5}}        | /params/input/centerX",
        "{\"function\":\"mandelbrot\",\"input\":{\"centerY\":null}}     | /params/input/centerY",
        "{\"function\":\"mandelbrot\",\"input\":{\"span\":0}}           | /params/input/span",
        "{\"function\":\"mandelbrot\",\"input\":{\"iterations\":10001}} | /params/input/iterations",
        "{\"function\":\"word-count\",\"input\":{\"texts\":\"a\"}}      | /params/input/texts",
        "{\"function\":\"word-count\",\"input\":{\"texts\":[\"a\",1]}}  | /params/input/texts/1",
        "{\"function\":\"word-count\",\"input\":{\"top\":-1}}           | /params/input/top",
        "{\"function\":\"word-count\",\"input\":{\"ignoreCase\":\"yes\"}} | /params/input/ignoreCase",
        "{\"function\":\"word-count\",\"input\":{\"minLength\":0}}      | /params/input/minLength",
        "{\"function\":\"statistics\",\"input\":{\"values\":[]}}        | /params/input/values",
        "{\"function\":\"statistics\",\"input\":{\"values\":[1,\"2\"]}} | /params/input/values/1",
        "{\"function\":\"statistics\",\"input\":{\"values\":[1e400]}}   | /params/input/values/0",
        "{\"function\":\"statistics\",\"input\":{\"regressors\":[[1]]}} | /params/input/regressors/0",
        "{\"function\":\"statistics\",\"input\":{\"values\":[1,2],\"regressors\":[[1,2]]}} | /params/input/values",
      })
  void aBadParamNamesItsField(String params, String pointer) {
    HttpResponse<String> answer = compute(params);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    assertThat(json(answer).path("type").asString()).isEqualTo("/problems/invalid-job");
    assertThat(json(answer).path("errors").valueStream().map(e -> e.path("pointer").asString()))
        .contains(pointer);
    assertThat(answer.body())
        .doesNotContain("Exception", "jackson", "networknt", "io.threadmill", "$.", "regex");
  }

  @Test
  void anUnknownFunctionIsToldWhichThereAre() {
    assertThat(compute("{\"function\":\"nothing\"}").body())
        .contains("mandelbrot, monte-carlo-pi, primes, statistics, word-count");
  }

  @Test
  void allFaultsOfAnInputAreToldAtOnce() {
    HttpResponse<String> answer =
        compute("{\"function\":\"mandelbrot\",\"input\":{\"width\":0,\"span\":\"x\",\"y\":1}}");
    assertThat(json(answer).path("errors")).hasSize(3);
  }

  @Test
  void anInputWithoutAResultFailsTheJobAndSaysWhy() {
    JsonNode job =
        computed(
            "{\"function\":\"statistics\",\"input\":"
                + "{\"values\":[1,2,3,5],\"regressors\":[[0,1,2,3],[0,2,4,6]]}}");
    assertThat(job.path("state").asString()).isEqualTo("failed");
    assertThat(job.at("/error/type").asString()).isEqualTo("/problems/computation-failed");
    assertThat(job.at("/error/detail").asString()).contains("collinear");
    assertThat(job.path("attempts")).hasSize(1);
    assertThat(get("/problems/computation-failed").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"function\":\"primes\",\"input\":{\"from\":990000000000,\"to\":1000000000000}}",
        "{\"function\":\"monte-carlo-pi\",\"input\":{\"samples\":10000000000}}",
        "{\"function\":\"mandelbrot\",\"input\":{\"width\":2048,\"height\":2048,\"centerX\":0,\"span\":0.01,\"iterations\":10000}}",
      })
  void progressIsSeenAndACancelEndsItWithinASecond(String params) {
    Duration took = cancelled(submitted("", params));
    for (int again = 0; again < 2 && took.compareTo(WITHIN) >= 0; again++) {
      took = cancelled(submitted("", params)); // the machine may have been busy with something else
    }
    assertThat(took).isLessThan(WITHIN);
  }

  /** Cancels a job once its progress is seen; answers how long it took to end. */
  private Duration cancelled(String path) {
    JsonNode running =
        await()
            .atMost(SOON)
            .until(() -> json(get(path)), job -> job.at("/progress/done").asLong(0) > 0);
    assertThat(running.path("state").asString()).isEqualTo("running");
    assertThat(running.at("/progress/total").asLong())
        .isGreaterThan(running.at("/progress/done").asLong());
    long asked = System.nanoTime();
    assertThat(send("POST", path + "/cancel", "").statusCode()).isEqualTo(202);
    JsonNode job = ended(path);
    assertThat(job.path("state").asString()).isEqualTo("cancelled");
    return Duration.ofNanos(System.nanoTime() - asked);
  }

  @Test
  void aTimeoutEndsIt() {
    String path =
        submitted(
            "\"timeout\":\"300ms\",\"retry\":{\"attempts\":1},",
            "{\"function\":\"monte-carlo-pi\",\"input\":{\"samples\":10000000000}}");
    JsonNode job = ended(path);
    assertThat(job.path("state").asString()).isEqualTo("failed");
    assertThat(job.at("/error/type").asString()).isEqualTo("/problems/timed-out");
  }
}
