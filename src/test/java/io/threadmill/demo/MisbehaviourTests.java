package io.threadmill.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

class MisbehaviourTests {

  private final MisbehaviourController controller = new MisbehaviourController();
  private final MockMvcTester mvc = MockMvcTester.of(controller);

  @AfterEach
  void stop() {
    controller.close();
  }

  @Test
  void slowPageTakesItsTime() {
    long start = System.nanoTime();
    assertThat(mvc.get().uri("/demo/slow?ms=50")).hasStatusOk().bodyText().contains("50 ms");
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(50_000_000L);
  }

  @Test
  void flakyPageFailsAsOftenAsAskedForEachKey() {
    for (String key : new String[] {"a", "b"}) {
      String uri = "/demo/flaky/" + key + "?fail=2&retryAfter=7";
      assertThat(mvc.get().uri(uri)).hasStatus(503).hasHeader("Retry-After", "7");
      assertThat(mvc.get().uri(uri)).hasStatus(503);
      assertThat(mvc.get().uri(uri)).hasStatusOk();
    }
  }

  @Test
  void oldestKeyIsForgotten() {
    Flakiness flakiness = new Flakiness();
    for (int key = 0; key <= Flakiness.KEYS; key++) {
      flakiness.count("key" + key);
    }
    assertThat(flakiness.count("key" + Flakiness.KEYS)).isEqualTo(2);
    assertThat(flakiness.count("key0")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 304, 404, 429, 500, 599})
  void statusIsTheOneAskedFor(int code) {
    assertThat(mvc.get().uri("/demo/status/{code}", code)).hasStatus(code);
  }

  @Test
  void redirectsEndAtTheFirstProduct() {
    String next = "http://shop.test:8123/demo/redirect/20";
    for (int hop = 0; hop < 20; hop++) {
      var answer = mvc.get().uri(next).exchange();
      assertThat(answer).hasStatus(302);
      next = String.valueOf(answer.getResponse().getHeader("Location"));
    }
    assertThat(next).isEqualTo("http://shop.test:8123/demo/products/1");
  }

  @Test
  void loopLeadsToItself() {
    assertThat(mvc.get().uri("http://shop.test/demo/redirect-loop"))
        .hasStatus(302)
        .hasHeader("Location", "http://shop.test/demo/redirect-loop");
  }

  @ParameterizedTest
  @CsvSource({"shift-jis, Shift_JIS, 東京の本屋", "windows-1252, windows-1252, un café coûte 3 €…"})
  void charsetIsDeclaredWhereAsked(String path, String charset, String words) throws Exception {
    for (String declared : new String[] {"header", "meta", "none"}) {
      var response =
          mvc.get().uri("/demo/text/" + path + "?declared=" + declared).exchange().getResponse();
      String page = new String(response.getContentAsByteArray(), Charset.forName(charset));
      assertThat(page).contains(words);
      assertThat(page.contains("<meta charset=\"" + charset)).isEqualTo(declared.equals("meta"));
      assertThat(response.getHeader("Content-Type"))
          .isEqualTo(declared.equals("header") ? "text/html;charset=" + charset : "text/html");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 50, 60, 1000, 1_000_000})
  void largePageHasExactlyTheBytesAskedFor(int bytes) {
    var response = mvc.get().uri("/demo/large?bytes=" + bytes).exchange().getResponse();
    assertThat(response.getContentAsByteArray()).hasSize(bytes);
    assertThat(response.getContentLengthLong()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/demo/slow?ms=60001",
        "/demo/slow?ms=-1",
        "/demo/flaky/a?retryAfter=3601",
        "/demo/status/199",
        "/demo/status/600",
        "/demo/redirect/21",
        "/demo/text/shift-jis?declared=twice",
        "/demo/large?bytes=104857601"
      })
  void whatIsOutOfBoundsIsRefusedWithTheBound(String uri) {
    assertThat(mvc.get().uri(uri)).hasStatus(400).bodyText().contains(" must be ");
  }
}
