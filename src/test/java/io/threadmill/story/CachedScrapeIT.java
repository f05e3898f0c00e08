package io.threadmill.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.web.ServiceIT;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** Equal scrapes over HTTP: which ask the site, and which are answered from the shared map. */
@Timeout(120)
@TestPropertySource(
    properties = {
      "threadmill.egress.allow=127.0.0.0/8",
      "threadmill.access.keys.one=key-one-0123456789012",
      "threadmill.access.keys.two=key-two-0123456789012"
    })
class CachedScrapeIT extends ServiceIT {

  private static final String FRESH = "header=Cache-Control: max-age=600";
  private static final AtomicInteger NAMES = new AtomicInteger();
  private static CountingSite site;

  /** A page of its own for each test. */
  private final String path = "/page" + NAMES.incrementAndGet();

  @BeforeAll
  static void open() {
    site = new CountingSite();
  }

  @AfterAll
  static void close() {
    site.close();
  }

  private static String encoded(String query) {
    return query.isEmpty()
        ? ""
        : "?"
            + URLEncoder.encode(query, StandardCharsets.UTF_8)
                .replace("%3D", "=")
                .replace("%26", "&")
                .replace("+", "%20");
  }

  private JsonNode scrape(String query, String params, String options) {
    return scrapeAs("one", query, params, options);
  }

  private JsonNode scrapeAs(String key, String query, String params, String options) {
    HttpResponse<String> answer =
        post(
            "/v1/jobs",
            "{\"type\":\"scrape\",\"params\":{\"url\":\"%s\"%s},\"retry\":{\"attempts\":1}%s}"
                .formatted(site.url(path + encoded(query)), params, options),
            "Prefer",
            "wait=30",
            "Authorization",
            "Bearer key-" + key + "-0123456789012");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode job = json(answer);
    assertThat(job.path("state").asString()).as(answer.body()).isEqualTo("succeeded");
    return job;
  }

  private static String use(JsonNode job) {
    return job.path("cache").asString();
  }

  private void assertRequests(int expected) {
    assertThat(site.requests(path)).isEqualTo(expected);
  }

  @Test
  void anEqualScrapeIsAHitAndTheSiteIsAskedOnce() {
    JsonNode first = scrape(FRESH, "", "");
    assertThat(use(first)).isEqualTo("miss");
    JsonNode second = scrape(FRESH, "", "");
    assertThat(use(second)).isEqualTo("hit");
    assertRequests(1);
    assertThat(second.path("result").path("fetchedAt"))
        .isEqualTo(first.path("result").path("fetchedAt"));
    assertThat(second.path("result").path("title").asString()).isEqualTo("answer 1");
    assertThat(second.path("result").path("timings").path("totalMs").asInt()).isZero();
    for (String field : new String[] {"url", "status", "contentType", "charset", "bytes", "text"}) {
      assertThat(second.path("result").path(field))
          .as(field)
          .isEqualTo(first.path("result").path(field));
    }
  }

  @Test
  void extractionRunsAgainOnAStoredResponse() {
    scrape(FRESH, "", "");
    JsonNode other = scrape(FRESH, ",\"extract\":{\"fields\":{\"h\":\"h1\"}}", "");
    assertThat(use(other)).isEqualTo("hit");
    assertThat(other.path("result").path("extract").path("h").asString()).isEqualTo(path);
    assertRequests(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        ",\"headers\":{\"Accept-Language\":\"de\"}",
        ",\"headers\":{\"Cookie\":\"a=1\"}",
        ",\"headers\":{\"Authorization\":\"Bearer x\"}",
        ",\"method\":\"HEAD\"",
        ",\"robots\":\"ignore\"",
      })
  void anotherRequestIsAnotherAnswer(String params) {
    scrape(FRESH, "", "");
    assertThat(use(scrape(FRESH, params, ""))).isEqualTo("miss");
    assertThat(use(scrape(FRESH, params, ""))).isEqualTo("hit");
    assertRequests(2);
  }

  @Test
  void whatCredentialsOpenedStaysWithItsCaller() {
    String params = ",\"headers\":{\"Cookie\":\"session=1\"}";
    assertThat(use(scrapeAs("one", FRESH, params, ""))).isEqualTo("miss");
    assertThat(use(scrapeAs("two", FRESH, params, ""))).isEqualTo("miss");
    assertThat(use(scrapeAs("one", FRESH, params, ""))).isEqualTo("hit");
    assertThat(use(scrapeAs("two", FRESH, params, ""))).isEqualTo("hit");
    assertRequests(2);
  }

  @Test
  void withoutCredentialsCallersShare() {
    scrapeAs("one", FRESH, "", "");
    assertThat(use(scrapeAs("two", FRESH, "", ""))).isEqualTo("hit");
    assertRequests(1);
  }

  @Test
  void zeroAsksAgainAndKeepsTheNewAnswer() {
    scrape(FRESH, "", "");
    assertThat(use(scrape(FRESH, "", ",\"cache\":{\"maxAge\":\"0s\"}"))).isEqualTo("bypass");
    JsonNode third = scrape(FRESH, "", "");
    assertThat(use(third)).isEqualTo("hit");
    assertThat(third.path("result").path("title").asString()).isEqualTo("answer 2");
    assertRequests(2);
  }

  @Test
  void storeFalseKeepsNothingAndReads() {
    assertThat(use(scrape(FRESH, "", ",\"cache\":{\"store\":false}"))).isEqualTo("miss");
    assertThat(use(scrape(FRESH, "", ""))).isEqualTo("miss");
    assertThat(use(scrape(FRESH, "", ",\"cache\":{\"store\":false}"))).isEqualTo("hit");
    assertRequests(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "header=Cache-Control: no-cache", "header=Cache-Control: max-age=0"})
  void whatIsNotFreshIsUsedOnlyByWhoNamesAnAge(String query) {
    scrape(query, "", "");
    assertThat(use(scrape(query, "", ""))).isEqualTo("miss");
    assertThat(use(scrape(query, "", ",\"cache\":{\"maxAge\":\"1h\"}"))).isEqualTo("hit");
    assertThat(use(scrape(query, "", ",\"cache\":{\"maxAge\":\"1ms\"}"))).isEqualTo("miss");
    assertRequests(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "header=Cache-Control: no-store",
        "header=Cache-Control: private, max-age=600",
        "header=Vary: *&header=Cache-Control: max-age=600",
        "header=Set-Cookie: a=b&header=Cache-Control: max-age=600",
        "status=202",
      })
  void whatMustNotBeKeptIsAskedForEachTime(String query) {
    scrape(query, "", "");
    assertThat(use(scrape(query, "", ",\"cache\":{\"maxAge\":\"1h\"}"))).isEqualTo("miss");
    assertRequests(2);
  }

  @Test
  void aSmallerLimitIsNotOutwittedByAStoredResponse() {
    scrape(FRESH, "", "");
    HttpResponse<String> answer =
        post(
            "/v1/jobs",
            "{\"type\":\"scrape\",\"params\":{\"url\":\"%s\",\"maxBytes\":10}}"
                .formatted(site.url(path + encoded(FRESH))),
            "Prefer",
            "wait=30",
            "Authorization",
            "Bearer key-one-0123456789012");
    assertThat(json(answer).path("error").path("type").asString()).isEqualTo("/problems/too-large");
  }

  @Test
  void aPostIsNeitherReadNorKept() {
    assertThat(use(scrape(FRESH, ",\"method\":\"POST\",\"body\":\"x\"", ""))).isEqualTo("bypass");
    assertThat(use(scrape(FRESH, ",\"method\":\"POST\",\"body\":\"x\"", ""))).isEqualTo("bypass");
    assertRequests(2);
  }

  @Test
  void anEmptiedMapIsAskedNoMore() {
    scrape(FRESH, "", "");
    assertThat(
            send(
                    "DELETE",
                    "/actuator/caches/responses",
                    "",
                    "Authorization",
                    "Bearer key-one-0123456789012")
                .statusCode())
        .isEqualTo(204);
    assertThat(use(scrape(FRESH, "", ""))).isEqualTo("miss");
    assertRequests(2);
  }

  @Test
  void aHitAsksNoRobotsTxt() {
    scrape(FRESH, "", "");
    int before = site.requests("/robots.txt");
    scrape(FRESH, "", "");
    assertThat(site.requests("/robots.txt")).isEqualTo(before);
  }
}
