package io.threadmill.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Bad input for every field of every route: the status, the problem, and the field it names. */
class BadInputIT extends ServiceIT {

  private static void assertProblem(HttpResponse<String> answer, int status, String slug) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonNode problem = json(answer);
    assertThat(problem.path("type").asString()).isEqualTo("/problems/" + slug);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("title").asString()).isNotBlank();
    assertThat(problem.path("detail").asString()).isNotBlank();
    assertThat(answer.body()).doesNotContain("io.threadmill", "tools.jackson", "Exception");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "                                                          | 400 | malformed-json | ",
        "{                                                         | 400 | malformed-json | ",
        "[]                                                        | 400 | malformed-json | ",
        "\"text\"                                                  | 400 | malformed-json | ",
        "{} {}                                                     | 400 | malformed-json | ",
        "{\"type\":\"rehearse\",\"params\":{}} x                   | 400 | malformed-json | ",
        "{\"type\":\"rehearse\",\"params\":{},\"wat\":1}           | 400 | malformed-json | /wat",
        "{\"type\":\"rehearse\",\"type\":\"rehearse\",\"params\":{}} | 400 | malformed-json | /type",
        "{\"type\":\"rehearse\",\"params\":{\"result\":[0,{\"a\":1,\"a\":2}]}} | 400 | malformed-json | /params/result/1/a",
        "{\"type\":5,\"params\":{}}                                | 400 | malformed-json | /type",
        "{\"type\":\"rehearse\",\"params\":{},\"priority\":\"5\"}  | 400 | malformed-json | /priority",
        "{\"type\":\"rehearse\",\"params\":{},\"priority\":5.5}    | 400 | malformed-json | /priority",
        "{\"type\":\"rehearse\",\"params\":{},\"delay\":10}        | 400 | malformed-json | /delay",
        "{\"type\":\"rehearse\",\"params\":{},\"runAt\":10}        | 400 | malformed-json | /runAt",
        "{\"type\":\"rehearse\",\"params\":{},\"timeout\":true}    | 400 | malformed-json | /timeout",
        "{\"type\":\"rehearse\",\"params\":{},\"retry\":3}         | 400 | malformed-json | /retry",
        "{\"type\":\"rehearse\",\"params\":{},\"retry\":{\"x\":3}} | 400 | malformed-json | /retry/x",
        "{\"type\":\"rehearse\",\"params\":{},\"retry\":{\"attempts\":\"3\"}} | 400 | malformed-json | /retry/attempts",
        "{\"type\":\"rehearse\",\"params\":{},\"key\":7}           | 400 | malformed-json | /key",
        "{\"type\":\"rehearse\",\"params\":{},\"tags\":\"x\"}      | 400 | malformed-json | /tags",
        "{\"type\":\"rehearse\",\"params\":{},\"tags\":[1]}        | 400 | malformed-json | /tags/0",
        "{\"params\":{}}                                           | 422 | invalid-job | /type",
        "{\"type\":\"rehearse\"}                                   | 422 | invalid-job | /params",
        "{\"type\":\"rehearse\",\"params\":null}                   | 422 | invalid-job | /params",
        "{\"type\":\"rehearse\",\"params\":[]}                     | 422 | invalid-job | /params",
        "{\"type\":\"nothing\",\"params\":{}}                      | 422 | invalid-job | /type",
        "{\"type\":\"rehearse\",\"params\":{},\"priority\":10}     | 422 | invalid-job | /priority",
        "{\"type\":\"rehearse\",\"params\":{},\"priority\":-1}     | 422 | invalid-job | /priority",
        "{\"type\":\"rehearse\",\"params\":{},\"priority\":99999999999} | 422 | invalid-job | /priority",
        "{\"type\":\"rehearse\",\"params\":{},\"delay\":\"soon\"}  | 422 | invalid-job | /delay",
        "{\"type\":\"rehearse\",\"params\":{},\"delay\":\"-5s\"}   | 422 | invalid-job | /delay",
        "{\"type\":\"rehearse\",\"params\":{},\"delay\":\"366d\"}  | 422 | invalid-job | /delay",
        "{\"type\":\"rehearse\",\"params\":{},\"runAt\":\"today\"} | 422 | invalid-job | /runAt",
        "{\"type\":\"rehearse\",\"params\":{},\"runAt\":\"2030-01-01T00:00:00Z\",\"delay\":\"1s\"} | 422 | invalid-job | /runAt",
        "{\"type\":\"rehearse\",\"params\":{},\"timeout\":\"25h\"} | 422 | invalid-job | /timeout",
        "{\"type\":\"rehearse\",\"params\":{},\"timeout\":\"0s\"}  | 422 | invalid-job | /timeout",
        "{\"type\":\"rehearse\",\"params\":{},\"retry\":{\"attempts\":0}} | 422 | invalid-job | /retry/attempts",
        "{\"type\":\"rehearse\",\"params\":{},\"retry\":{\"attempts\":21}} | 422 | invalid-job | /retry/attempts",
        "{\"type\":\"rehearse\",\"params\":{},\"retry\":{\"backoff\":\"2h\"}} | 422 | invalid-job | /retry/backoff",
        "{\"type\":\"rehearse\",\"params\":{},\"key\":\"\"}        | 422 | invalid-job | /key",
        "{\"type\":\"rehearse\",\"params\":{},\"key\":\"a\\u0000b\"} | 422 | invalid-job | /key",
        "{\"type\":\"rehearse\",\"params\":{},\"tags\":[\"\"]}     | 422 | invalid-job | /tags/0",
        "{\"template\":\"no-such\",\"params\":{}}               | 422 | invalid-job | /template",
        "{\"template\":\"a b\",\"params\":{}}                   | 422 | invalid-job | /template",
        "{\"template\":7,\"params\":{}}                         | 400 | malformed-json | /template",
        "{\"template\":\"no-such\",\"wat\":null}                | 400 | malformed-json | /wat",
        "{\"type\":\"rehearse\",\"params\":{},\"cache\":7}         | 400 | malformed-json | /cache",
        "{\"type\":\"rehearse\",\"params\":{},\"cache\":{\"ttl\":1}} | 400 | malformed-json | /cache/ttl",
        "{\"type\":\"rehearse\",\"params\":{},\"cache\":{\"store\":1}} | 400 | malformed-json | /cache/store",
        "{\"type\":\"rehearse\",\"params\":{},\"cache\":{\"maxAge\":1}} | 400 | malformed-json | /cache/maxAge",
        "{\"type\":\"rehearse\",\"params\":{},\"cache\":{\"maxAge\":\"old\"}} | 422 | invalid-job | /cache/maxAge",
        "{\"type\":\"rehearse\",\"params\":{},\"cache\":{\"maxAge\":\"366d\"}} | 422 | invalid-job | /cache/maxAge",
        "{\"type\":\"rehearse\",\"params\":{},\"webhook\":{}}      | 422 | invalid-job | /webhook/url",
        "{\"type\":\"rehearse\",\"params\":{},\"webhook\":7}       | 400 | malformed-json | /webhook",
        "{\"type\":\"rehearse\",\"params\":{},\"webhook\":{\"to\":1}} | 400 | malformed-json | /webhook/to",
        "{\"type\":\"rehearse\",\"params\":{},\"webhook\":{\"url\":7}} | 400 | malformed-json | /webhook/url",
        "{\"type\":\"rehearse\",\"params\":{},\"webhook\":{\"secret\":7}} | 400 | malformed-json | /webhook/secret",
        "{\"type\":\"rehearse\",\"params\":{},\"webhook\":{\"each\":7}} | 400 | malformed-json | /webhook/each",
        "{\"type\":\"rehearse\",\"params\":{},\"webhook\":{\"events\":\"failed\"}} | 400 | malformed-json | /webhook/events",
        "{\"type\":\"rehearse\",\"params\":{},\"webhook\":{\"events\":[7]}} | 400 | malformed-json | /webhook/events/0",
        "{\"type\":\"rehearse\",\"params\":{},\"webhook\":{\"events\":[\"failed\",\"queued\"]}} | 422 | invalid-job | /webhook/events/1",
        "{\"type\":\"rehearse\",\"params\":{},\"webhook\":{\"events\":[]}} | 422 | invalid-job | /webhook/events",
        "{\"type\":\"rehearse\",\"params\":{},\"webhook\":{\"url\":\"ftp://a.b/\"}} | 422 | invalid-job | /webhook/url",
        "{\"type\":\"rehearse\",\"params\":{},\"webhook\":{\"url\":\"http://me:pw@a.b/\"}} | 422 | invalid-job | /webhook/url",
        "{\"type\":\"rehearse\",\"params\":{},\"webhook\":{\"url\":\"http://a.b/\"}} | 422 | invalid-job | /webhook/secret",
        "{\"type\":\"rehearse\",\"params\":{},\"webhook\":{\"url\":\"http://a.b/\",\"secret\":\"***\"}} | 422 | invalid-job | /webhook/secret",
        "{\"type\":\"webhook\",\"params\":{}}                  | 422 | invalid-job | /type",
        "{\"type\":\"rehearse\",\"params\":{\"wat\":1}}            | 422 | invalid-job | /params/wat",
        "{\"type\":\"rehearse\",\"params\":{\"wait\":5}}           | 422 | invalid-job | /params/wait",
        "{\"type\":\"rehearse\",\"params\":{\"wait\":\"x\"}}       | 422 | invalid-job | /params/wait",
        "{\"type\":\"rehearse\",\"params\":{\"cpu\":\"2d\"}}       | 422 | invalid-job | /params/cpu",
        "{\"type\":\"rehearse\",\"params\":{\"pool\":\"x\"}}       | 422 | invalid-job | /params/pool",
        "{\"type\":\"rehearse\",\"params\":{\"isolation\":\"process\"}} | 422 | invalid-job | /params/isolation",
        "{\"type\":\"rehearse\",\"params\":{\"error\":\"exit\"}}   | 422 | invalid-job | /params/error",
        "{\"type\":\"rehearse\",\"params\":{\"error\":\"boom\"}}   | 422 | invalid-job | /params/error",
        "{\"type\":\"rehearse\",\"params\":{\"failAttempts\":-1}}  | 422 | invalid-job | /params/failAttempts",
      })
  void aBadBodyNamesItsField(String body, int status, String slug, String pointer) {
    HttpResponse<String> answer = post("/v1/jobs", body == null ? "" : body);
    assertProblem(answer, status, slug);
    if (pointer != null) {
      assertThat(json(answer).path("errors").valueStream().map(e -> e.path("pointer").asString()))
          .contains(pointer);
    }
  }

  @Test
  void allFaultsOfABodyAreToldAtOnce() {
    HttpResponse<String> answer =
        post(
            "/v1/jobs",
            "{\"type\":\"rehearse\",\"priority\":99,\"key\":\"\",\"params\":{\"wait\":\"x\"}}");
    assertThat(json(answer).path("errors")).hasSize(3);
  }

  @Test
  void anotherMediaTypeIsRefused() {
    assertProblem(
        send("POST", "/v1/jobs", "a=b", "Content-Type", "text/plain"),
        415,
        "unsupported-media-type");
  }

  @Test
  void sizesOverTheContractsAreRefused() {
    String big = "x".repeat(300 * 1024);
    assertProblem(
        post("/v1/jobs", "{\"type\":\"rehearse\",\"params\":{\"result\":\"" + big + "\"}}"),
        413,
        "payload-too-large");
    assertProblem(
        post(
            "/v1/jobs",
            "{\"type\":\"rehearse\",\"params\":{\"result\":\"" + big.repeat(4) + "\"}}"),
        413,
        "payload-too-large");
    String tags = "\"t\",".repeat(20) + "\"t\"";
    assertProblem(
        post("/v1/jobs", "{\"type\":\"rehearse\",\"params\":{},\"tags\":[" + tags + "]}"),
        413,
        "payload-too-large");
    assertProblem(
        post(
            "/v1/jobs",
            "{\"type\":\"rehearse\",\"params\":{},\"tags\":[\"" + "t".repeat(65) + "\"]}"),
        413,
        "payload-too-large");
  }

  @Test
  void aChunkedBodyOverTheLimitIsRefusedToo() throws Exception {
    try (var socket = new Socket("localhost", port)) {
      OutputStream out = socket.getOutputStream();
      String head =
          """
          POST /v1/jobs HTTP/1.1\r
          Host: localhost\r
          Content-Type: application/json\r
          Transfer-Encoding: chunked\r
          Connection: close\r
          \r
          """;
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      byte[] chunk =
          ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < 17; i++) {
        out.write(chunk);
      }
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 413").contains("/problems/payload-too-large");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "\"\"", "a\"b"})
  void aBadIdempotencyKeyIsRefused(String key) {
    assertProblem(
        post("/v1/jobs", "{\"type\":\"rehearse\",\"params\":{}}", "Idempotency-Key", key),
        400,
        "bad-request");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "GET,    /v1/jobs/nonsense,                         404, job-not-found",
        "GET,    /v1/jobs/00000000000000000000000000,       404, job-not-found",
        "GET,    /v1/jobs/00000000000000000000000000/result, 404, job-not-found",
        "GET,    /v1/jobs/00000000000000000000000000/events, 404, job-not-found",
        "GET,    /v1/jobs/nonsense/events,                  404, job-not-found",
        "GET,    /v1/jobs/nonsense/result,                  404, job-not-found",
        "GET,    /v1/jobs/00000000000000000000000000/deliveries, 404, job-not-found",
        "POST,   /v1/jobs/nonsense/deliveries/1/redeliver,  404, job-not-found",
        "POST,   /v1/jobs/00000000000000000000000000/cancel, 404, job-not-found",
        "POST,   /v1/jobs/nonsense/retry,                   404, job-not-found",
        "DELETE, /v1/jobs/00000000000000000000000000,       404, job-not-found",
        "GET,    /v1/jobs/00000000000000000000000000?x=1,   400, bad-request",
        "GET,    /v1/jobs?limit=0,                          400, bad-request",
        "GET,    /v1/jobs?limit=1001,                       400, bad-request",
        "GET,    /v1/jobs?limit=x,                          400, bad-request",
        "GET,    /v1/jobs?state=done,                       400, bad-request",
        "GET,    /v1/jobs?state=,                           400, bad-request",
        "GET,    /v1/jobs?cursor=x,                         400, bad-request",
        "GET,    /v1/jobs?tag=a&tag=b,                      400, bad-request",
        "GET,    /v1/jobs?batch=x,                          400, bad-request",
        "GET,    /v1/jobs?wat=x,                            400, bad-request",
        "GET,    /v1/jobs/counts?x=1,                       400, bad-request",
        "POST,   /v1/jobs/cancel,                           400, bad-request",
        "POST,   /v1/jobs/retry,                            400, bad-request",
        "POST,   /v1/jobs/retry?state=wrong,                400, bad-request",
        "PUT,    /v1/jobs,                                  405, method-not-allowed",
        "DELETE, /v1/jobs,                                  405, method-not-allowed",
        "GET,    /v1/nothing,                               404, not-found",
        "GET,    /v1/batches/x,                             404, batch-not-found",
        "GET,    /nothing,                                  404, not-found",
        "GET,    /problems/nothing,                         404, not-found",
        "GET,    /v1/jobs;x=1/counts,                       400, bad-request",
        "GET,    /v1/%2e%2e/actuator,                       400, bad-request",
        "GET,    //v1/jobs,                                 400, bad-request",
      })
  void aBadPathOrQueryIsAProblem(String method, String path, int status, String slug) {
    HttpResponse<String> answer = send(method, path, "");
    assertProblem(answer, status, slug);
    if (status == 405) {
      assertThat(answer.headers().firstValue("Allow")).isPresent();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /%zz HTTP/1.1\r\nHost: localhost",
        "GET /v1/jobs/%00 HTTP/1.1\r\nHost: localhost",
        "GET /a|b HTTP/1.1\r\nHost: localhost",
        "GET /v1/jobs HTTP/1.1\r\nHost: localhost:abc",
        "GET /v1/jobs HTTP/1.1",
        "GET /v1/jobs HTTP/1.1\r\nHost: localhost\r\nHost: localhost",
        "GET /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1",
        "GET /v1/jobs HTTP/7.1\r\nHost: localhost",
        "CONNECT /v1/jobs HTTP/1.1\r\nHost: localhost",
        "nonsense",
      })
  void whatTheContainerRefusesIsAProblemToo(String head) throws Exception {
    try (var socket = new Socket("localhost", port)) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write((head + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer)
          .matches("(?s)HTTP/1.1 [45]\\d\\d.*")
          .contains("Content-Type: application/problem+json")
          .contains("{\"type\":\"/problems/")
          .doesNotContain("<html");
    }
  }

  @Test
  void jsonThatNestsTooDeepIsToldSo() {
    String deep = "[".repeat(40) + "]".repeat(40);
    HttpResponse<String> answer =
        post("/v1/jobs", "{\"type\":\"rehearse\",\"params\":{\"result\":" + deep + "}}");
    assertProblem(answer, 400, "malformed-json");
    assertThat(json(answer).path("detail").asString()).contains("deeper than 32 levels");
  }

  @Test
  void aBadPartialFlagAndABadLastEventIdAreRefused() {
    String job = rehearse("{}");
    assertProblem(get(job + "/result?partial=maybe"), 400, "bad-request");
    assertProblem(get(job + "/events", "Last-Event-ID", "x"), 400, "bad-request");
  }

  @Test
  void withoutAKeyOnlyThisMachinesNamesAreServed() throws Exception {
    try (var socket = new Socket("localhost", port)) {
      socket
          .getOutputStream()
          .write(
              "GET /v1/jobs HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 403").contains("/problems/forbidden-host");
    }
  }

  @Test
  void everyProblemHasItsPage() {
    for (Problem problem : Problem.values()) {
      HttpResponse<String> page = get("/problems/" + problem.slug());
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.body()).contains("What to do");
    }
  }
}
