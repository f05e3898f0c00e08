package io.threadmill.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.web.ServiceIT;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Scraping the demo shop over HTTP, and every way in which that can fail. */
@Timeout(90)
class ScrapeIT extends ServiceIT {

  private HttpResponse<String> submit(String params, String options) {
    return post(
        "/v1/jobs",
        "{\"type\":\"scrape\",\"params\":" + params + options + "}",
        "Prefer",
        "wait=30");
  }

  private JsonNode scrape(String path, String more) {
    HttpResponse<String> answer =
        submit("{\"url\":\"" + url(path) + "\"" + more + "}", ",\"retry\":{\"attempts\":1}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer);
  }

  private JsonNode result(String path, String more) {
    JsonNode job = scrape(path, more);
    assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("succeeded");
    return job.path("result");
  }

  @Test
  void aProductIsExtractedAsAskedFor() {
    JsonNode result =
        result(
            "/demo/products/1",
            """
            ,"extract":{"scope":"main","fields":{
              "name":"h1",
              "image":"img@src",
              "cells":["table td"],
              "inStock":{"css":".in-stock","get":"exists"},
              "missing":".nothing",
              "fallback":{"css":".nothing","default":"none"},
              "rows":{"css":"table tr","many":true,"fields":{"key":"td:nth-child(1)","value":"td:nth-child(2)"}}
            }}\
            """);
    JsonNode extract = result.path("extract");
    assertThat(extract.path("name").asString()).isNotBlank();
    assertThat(extract.path("image").asString()).startsWith(url("/demo/images/"));
    assertThat(extract.path("cells").size()).isPositive();
    assertThat(extract.path("inStock").isBoolean()).isTrue();
    assertThat(extract.path("missing").isNull()).isTrue();
    assertThat(extract.path("fallback").asString()).isEqualTo("none");
    assertThat(extract.path("rows").isArray()).isTrue();
    assertThat(result.path("extractReport").isArray()).isTrue();
    assertThat(result.has("text")).isFalse();
    assertThat(result.path("url").asString()).isEqualTo(url("/demo/products/1"));
    assertThat(result.path("status").asInt()).isEqualTo(200);
    assertThat(result.path("charset").asString()).isEqualTo("utf-8");
    assertThat(result.path("timings").path("totalMs").isNumber()).isTrue();
  }

  @Test
  void withoutFormatsAPageGivesItsMetadataTextAndLinks() {
    JsonNode result = result("/demo/products/2", "");
    assertThat(result.path("metadata").isObject()).isTrue();
    assertThat(result.path("text").asString()).isNotBlank();
    assertThat(result.path("links").valueStream().map(JsonNode::asString))
        .isNotEmpty()
        .allMatch(link -> link.startsWith("http"));
    assertThat(result.path("title").asString()).isNotBlank();
    JsonNode html = result("/demo/products/2", ",\"formats\":[\"html\",\"rawHtml\"]");
    assertThat(html.path("html").asString()).contains("<h1").doesNotContain("<script");
    assertThat(html.path("rawHtml").asString()).contains("application/ld+json");
  }

  @ParameterizedTest
  @CsvSource({
    "/demo/text/shift-jis?declared=header, shift_jis, 日本語",
    "/demo/text/shift-jis?declared=meta, shift_jis, 日本語",
    "/demo/text/shift-jis?declared=none, shift_jis, 日本語",
    "/demo/text/windows-1252?declared=header, windows-1252, café",
    "/demo/text/windows-1252?declared=meta, windows-1252, café",
    "/demo/text/windows-1252?declared=none, windows-1252, café",
  })
  void oldCharsetsAreRead(String path, String charset, String text) {
    JsonNode result = result(path, ",\"formats\":[\"text\",\"metadata\"]");
    assertThat(result.path("charset").asString()).isEqualTo(charset);
    assertThat(result.toString()).contains(text);
  }

  @Test
  void redirectsAreFollowedAndTold() {
    JsonNode result = result("/demo/redirect/3", ",\"formats\":[\"text\"]");
    assertThat(result.path("url").asString()).isEqualTo(url("/demo/products/1"));
    assertThat(result.path("redirects")).hasSize(3);
  }

  @Test
  void aSiteThatAsksForAPauseIsAskedAgainAfterIt() {
    HttpResponse<String> answer =
        submit("{\"url\":\"" + url("/demo/flaky/story?fail=1&retryAfter=1") + "\"}", "");
    JsonNode job = json(answer);
    assertThat(job.path("state").asString()).as(answer.body()).isEqualTo("succeeded");
    assertThat(job.path("attempts")).hasSize(2);
    assertThat(job.path("attempts").path(0).path("error").path("upstreamStatus").asInt())
        .isEqualTo(503);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/demo/status/404 | | http-status | false",
        "/demo/status/500 | | http-status | true",
        "/demo/redirect-loop | | too-many-redirects | false",
        "/demo/large?bytes=2000000 | ,\"maxBytes\":100000 | too-large | false",
        "/demo/private/secret | | robots-disallowed | false",
        "/demo/products/1 | ,\"extract\":{\"fields\":{\"x\":{\"css\":\".nothing\",\"required\":true}}} | extract-required | false",
        "/v1/jobs | | url-blocked | false",
        "/actuator/health | ,\"robots\":\"ignore\" | url-blocked | false",
      })
  void eachFailureIsOneClearProblem(String path, String more, String slug, boolean retryable) {
    JsonNode job = scrape(path, more == null ? "" : more);
    assertThat(job.path("state").asString()).isEqualTo("failed");
    JsonNode error = job.path("error");
    assertThat(error.path("type").asString()).as(error.toString()).isEqualTo("/problems/" + slug);
    assertThat(error.path("retryable").asBoolean()).isEqualTo(retryable);
    assertThat(get(error.path("type").asString()).statusCode()).isEqualTo(200);
  }

  @Test
  void robotsAreIgnoredByChoiceOnly() {
    JsonNode result =
        result("/demo/private/secret", ",\"robots\":\"ignore\",\"formats\":[\"text\"]");
    assertThat(result.path("status").asInt()).isEqualTo(200);
  }

  @Test
  void aSlowPageEndsWithItsTimeout() {
    JsonNode job =
        json(
            submit(
                "{\"url\":\"" + url("/demo/slow?ms=5000") + "\"}",
                ",\"timeout\":\"700ms\",\"retry\":{\"attempts\":1}"));
    assertThat(job.path("error").path("type").asString())
        .as(job.toString())
        .isEqualTo("/problems/timed-out");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:1/",
        "http://localhost/",
        "http://[::1]:8080/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://0x7f000001/",
        "http://redis:6379/",
        "http://metadata.google.internal/",
        "http://192.168.1.1:22/"
      })
  void closedAddressesAreAcceptedAndFailTheJob(String address) {
    HttpResponse<String> answer = submit("{\"url\":\"" + address + "\"}", "");
    JsonNode job = json(answer);
    assertThat(job.path("error").path("type").asString())
        .as(answer.body())
        .isEqualTo("/problems/url-blocked");
    assertThat(job.path("attempts")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{} | /params/url",
        "{\"url\":\"\"} | /params/url",
        "{\"url\":\"nonsense\"} | /params/url",
        "{\"url\":\"ftp://example.com/\"} | /params/url",
        "{\"url\":\"file:///etc/passwd\"} | /params/url",
        "{\"url\":\"http://user:pass@example.com/\"} | /params/url",
        "{\"url\":\"http://example.com/\",\"method\":\"DELETE\"} | /params/method",
        "{\"url\":\"http://example.com/\",\"body\":\"x\"} | /params/body",
        "{\"url\":\"http://example.com/\",\"headers\":{\"Host\":\"x\"}} | /params/headers/Host",
        "{\"url\":\"http://example.com/\",\"headers\":{\"X\":\"a\\nb\"}} | /params/headers/X",
        "{\"url\":\"http://example.com/\",\"formats\":[\"markdown\"]} | /params/formats/0",
        "{\"url\":\"http://example.com/\",\"formats\":[\"poem\"]} | /params/formats/0",
        "{\"url\":\"http://example.com/\",\"formats\":[\"extract\"]} | /params/extract",
        "{\"url\":\"http://example.com/\",\"onlyMainContent\":true} | /params/onlyMainContent",
        "{\"url\":\"http://example.com/\",\"robots\":\"maybe\"} | /params/robots",
        "{\"url\":\"http://example.com/\",\"maxBytes\":0} | /params/maxBytes",
        "{\"url\":\"http://example.com/\",\"extract\":{\"fields\":{\"a\":\"h1[\"}}} | /params/extract/fields/a",
        "{\"url\":\"http://example.com/\",\"extract\":{\"fields\":{\"a\":{\"css\":\"p:wat(\"}}}} | /params/extract/fields/a/css",
        "{\"url\":\"http://example.com/\",\"extract\":{\"fields\":{\"a\":{\"xpath\":\"//a\"}}}} | /params/extract/fields/a/xpath",
        "{\"url\":\"http://example.com/\",\"extract\":{\"fields\":{\"a\":{\"wat\":1}}}} | /params/extract/fields/a/wat",
        "{\"url\":\"http://example.com/\",\"extract\":{\"wat\":{}}} | /params/extract/wat",
        "{\"url\":\"http://example.com/\",\"wat\":1} | /params/wat",
      })
  void badParamsAreRefusedAtSubmit(String params, String pointer) {
    HttpResponse<String> answer = submit(params, "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    List<String> pointers =
        json(answer).path("errors").valueStream().map(e -> e.path("pointer").asString()).toList();
    assertThat(pointers).contains(pointer);
  }
}
