package io.threadmill.web.openapi;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The check of the contract lets pass what is right and names what is wrong. */
class ContractTests {

  private static final String COUNTS =
      "{\"scheduled\":0,\"queued\":0,\"running\":0,\"succeeded\":1,\"failed\":0,\"cancelled\":0}";
  private static final String RIGHT = "{\"byState\":" + COUNTS + ",\"byType\":{}}";
  private static final String PROBLEM =
      "{\"type\":\"/problems/%s\",\"title\":\"t\",\"status\":%d,\"detail\":\"d\"}";

  private static String answer(int status, String type, String headers, String body) {
    return "HTTP/1.1 %d \r\nContent-Type: %s\r\n%s\r\n%s".formatted(status, type, headers, body);
  }

  private static String call(String line) {
    return line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  }

  private static String problem(int status, String slug, String headers) {
    return answer(status, "application/problem+json", headers, PROBLEM.formatted(slug, status));
  }

  @Test
  void whatIsRightPasses() {
    Contract.check(call("GET /v1/jobs/counts"), answer(200, "application/json", "", RIGHT));
    Contract.check(call("GET /v1/jobs/x"), problem(404, "job-not-found", "Connection: close\r\n"));
    Contract.check(call("GET /v1/nothing"), problem(404, "not-found", ""));
    Contract.check(call("GET /demo/x"), answer(200, "text/html", "", "<p>"));
    Contract.check(
        call("PUT /v1/jobs"), problem(405, "method-not-allowed", "Allow: GET, POST\r\n"));
    Contract.check(
        call("GET /v1/jobs/counts"),
        answer(
            200,
            "application/json",
            "Transfer-Encoding: chunked\r\n",
            "%x\r\n%s\r\n0\r\n\r\n".formatted(RIGHT.length(), RIGHT)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "GET /v1/nothing     | 200 | application/json | {}                       | nothing is documented",
        "GET /v1/jobs/counts | 201 | application/json | {}                       | has no answer 201",
        "GET /v1/jobs/counts | 200 | text/plain       | x                        | media type text/plain",
        "GET /v1/jobs/counts | 200 | application/json | x                        | not JSON",
        "GET /v1/jobs/counts | 200 | application/json | {\"byState\":{}}         | required property",
        "GET /v1/jobs?x=1    | 200 | application/json | {\"jobs\":[],\"next\":null} | parameter x",
        "GET /v1/jobs?limit=9999 | 200 | application/json | {\"jobs\":[],\"next\":null} | call's limit",
        "GET /v1/jobs        | 200 | application/json | {\"jobs\":[],\"next\":null,\"more\":1} | more",
        "DELETE /v1/jobs/x   | 204 | application/json | {}                       | a body where none",
        "GET /docs           | 200 | text/html        | x                        | Content-Security-Policy is",
      })
  void whatIsWrongIsNamed(String line, int status, String type, String body, String fault) {
    assertWrong(call(line), answer(status, type, "", body), fault);
  }

  @Test
  void aWrongProblemIsNamed() {
    String call = call("GET /v1/jobs/counts");
    assertWrong(call, problem(400, "job-not-found", ""), "enumeration");
    assertWrong(call, problem(503, "store-unavailable", ""), "Retry-After is missing");
    assertWrong(
        call, problem(503, "store-unavailable", "Retry-After: soon\r\n"), "header Retry-After");
    assertWrong(
        call,
        answer(400, "application/problem+json", "", PROBLEM.formatted("bad-request", 404)),
        "status");
    assertWrong(call("GET /v1/nothing"), answer(404, "text/html", "", "<p>"), "text/html");
    assertWrong(
        call("PUT /v1/jobs"), problem(405, "method-not-allowed", "Allow: GET\r\n"), "Allow is");
  }

  @Test
  void anUndocumentedHeaderIsNamed() {
    assertWrong(
        call("GET /v1/jobs/counts"),
        answer(200, "application/json", "X-Debug: 1\r\n", RIGHT),
        "X-Debug is not documented");
  }

  @Test
  void anInvalidCallThatSucceedsIsNamed() {
    assertWrong(
        "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\n\r\n{\"type\":\"rehearse\",\"params\":{\"wat\":1}}",
        answer(200, "application/json", "Location: /v1/jobs/x\r\n", "{}"),
        "the call's body: /params");
  }

  @Test
  void anEventThatIsNotAsDocumentedIsNamed() {
    assertWrong(
        call("GET /v1/jobs/00000000000000000000000000/events"),
        answer(
            200,
            "text/event-stream",
            "Cache-Control: no-store\r\n",
            "event: state\nid: 1-0\ndata: {\"id\":\"00000000000000000000000000\",\"state\":\"odd\"}\n\n"),
        "an event's data: /state");
  }

  private static void assertWrong(String request, String answer, String fault) {
    assertThatThrownBy(() -> Contract.check(request, answer))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(fault);
  }
}
