package io.threadmill.web.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.batch.Template;
import io.threadmill.batch.TemplateRepository;
import io.threadmill.batch.Templates;
import io.threadmill.web.ServiceIT;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Templates, route by route, and what a job makes of one. */
@Timeout(60)
class TemplateRoutesIT extends ServiceIT {

  private static final String SHAPE =
      "{\"type\":\"rehearse\",\"params\":{\"result\":{\"a\":1,\"b\":2}},\"priority\":7,"
          + "\"tags\":[\"shape\"],\"retry\":{\"attempts\":5,\"backoff\":\"2s\"}}";

  @Autowired TemplateRepository repository;

  private HttpResponse<String> put(String name, String body) {
    return send("PUT", "/v1/templates/" + name, body, "Content-Type", "application/json");
  }

  private static String slug(HttpResponse<String> answer) {
    return json(answer).path("type").asString();
  }

  @Test
  void aTemplateIsKeptReplacedListedAndDeleted() {
    HttpResponse<String> made = put("kept", SHAPE);
    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(made.headers().firstValue("Location")).hasValue("/v1/templates/kept");
    assertThat(json(made).path("params").path("result").path("a").asInt()).isEqualTo(1);
    HttpResponse<String> replaced = put("kept", "{\"type\":\"rehearse\",\"key\":\"k\"}");
    assertThat(replaced.statusCode()).isEqualTo(200);
    assertThat(get("/v1/templates/kept").body())
        .isEqualTo("{\"name\":\"kept\",\"type\":\"rehearse\",\"key\":\"k\"}");
    assertThat(json(get("/v1/templates")).path("templates").valueStream())
        .anySatisfy(row -> assertThat(row.path("name").asString()).isEqualTo("kept"))
        .allSatisfy(row -> assertThat(row.has("params")).isFalse());
    assertThat(send("DELETE", "/v1/templates/kept", "").statusCode()).isEqualTo(204);
    for (HttpResponse<String> gone :
        new HttpResponse[] {get("/v1/templates/kept"), send("DELETE", "/v1/templates/kept", "")}) {
      assertThat(gone.statusCode()).isEqualTo(404);
      assertThat(slug(gone)).isEqualTo("/problems/template-not-found");
    }
  }

  @Test
  void aJobIsMergedWithItsTemplateAndWins() {
    put("merged", SHAPE);
    HttpResponse<String> answer =
        post(
            "/v1/jobs",
            "{\"template\":\"merged\",\"params\":{\"result\":{\"b\":3,\"c\":4}},"
                + "\"priority\":null,\"retry\":{\"attempts\":1}}",
            "Prefer",
            "wait=20");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode job = json(answer);
    assertThat(job.path("type").asString()).isEqualTo("rehearse");
    assertThat(job.path("result")).hasToString("{\"a\":1,\"b\":3,\"c\":4}");
    assertThat(job.path("priority").asInt()).as("null takes the default").isEqualTo(5);
    assertThat(job.path("tags")).hasToString("[\"shape\"]");
    assertThat(job.path("template").asString()).isEqualTo("merged");
    assertThat(json(get("/v1/jobs?tag=shape")).path("jobs").path(0).path("template").asString())
        .isEqualTo("merged");
  }

  @Test
  void aJobsTimeWinsOverItsTemplatesWhicheverKindItIs() {
    put("late", "{\"type\":\"rehearse\",\"params\":{},\"delay\":\"1h\"}");
    put("then", "{\"type\":\"rehearse\",\"params\":{},\"runAt\":\"2091-01-01T00:00:00Z\"}");
    String at = "2090-01-01T00:00:00Z";
    JsonNode byInstant = json(post("/v1/jobs", "{\"template\":\"late\",\"runAt\":\"" + at + "\"}"));
    assertThat(byInstant.path("waiting").path("until").asString()).isEqualTo(at);
    JsonNode byDelay = json(post("/v1/jobs", "{\"template\":\"then\",\"delay\":\"1h\"}"));
    assertThat(byDelay.path("waiting").path("until").asString()).isLessThan(at);
    assertThat(
            post("/v1/jobs", "{\"template\":\"late\",\"delay\":\"1h\",\"runAt\":\"" + at + "\"}")
                .statusCode())
        .as("a job itself still gives one of the two")
        .isEqualTo(422);
  }

  @Test
  void noTemplateMayBeNamedByNull() {
    assertThat(
            post("/v1/jobs", "{\"template\":null,\"type\":\"rehearse\",\"params\":{}}")
                .statusCode())
        .isEqualTo(202);
  }

  @Test
  void aTemplateAloneIsEnoughWhereItSaysAll() {
    put("whole", SHAPE);
    HttpResponse<String> answer = post("/v1/jobs", "{\"template\":\"whole\"}", "Prefer", "wait=20");
    assertThat(json(answer).path("result")).hasToString("{\"a\":1,\"b\":2}");
  }

  @Test
  void whatATemplateLacksIsCheckedWithItsJob() {
    assertThat(put("lacking", "{\"type\":\"scrape\",\"params\":{\"maxBytes\":1000}}").statusCode())
        .isEqualTo(201);
    HttpResponse<String> answer = post("/v1/jobs", "{\"template\":\"lacking\"}");
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(json(answer).path("errors").path(0).path("pointer").asString())
        .isEqualTo("/params/url");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "a b   | {\"type\":\"rehearse\"}                                          | 422 | invalid-job | ",
        "t     | {}                                                            | 422 | invalid-job | /type",
        "t     | {\"type\":\"nothing\"}                                           | 422 | invalid-job | /type",
        "t     | {\"type\":\"rehearse\",\"wat\":1}                                  | 400 | malformed-json | /wat",
        "t     | {\"type\":\"rehearse\",\"template\":\"t\"}                           | 400 | malformed-json | /template",
        "t     | {\"type\":\"rehearse\",\"priority\":10}                            | 422 | invalid-job | /priority",
        "t     | {\"type\":\"rehearse\",\"params\":[]}                              | 422 | invalid-job | /params",
        "t     | {\"type\":\"rehearse\",\"params\":{\"wat\":1}}                       | 422 | invalid-job | /params/wat",
        "t     | {\"type\":\"rehearse\",\"params\":{\"wait\":\"x\"}}                    | 422 | invalid-job | /params/wait",
        "t     | {\"type\":\"scrape\",\"params\":{\"url\":\"nowhere\"}}                 | 422 | invalid-job | /params/url",
        "t     | {\"type\":\"scrape\",\"params\":{\"extract\":{\"fields\":{\"a\":\"[\"}}}} | 422 | invalid-job | /params/extract/fields/a",
      })
  void aFaultOfATemplateIsToldWhenItIsKept(
      String name, String body, int status, String slug, String pointer) {
    HttpResponse<String> answer = put(name.replace(" ", "%20"), body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(slug(answer)).isEqualTo("/problems/" + slug);
    if (pointer != null) {
      assertThat(json(answer).path("errors").path(0).path("pointer").asString()).isEqualTo(pointer);
    }
    assertThat(get("/v1/templates/t").statusCode()).isEqualTo(404);
  }

  @Test
  void oneTemplateTooManyIsRefused() {
    var shape = JSON.readTree("{\"type\":\"rehearse\"}");
    List<String> names =
        IntStream.range(0, Templates.MOST).mapToObj("one-of-many-%d"::formatted).toList();
    try {
      names.forEach(name -> repository.put(new Template(name, shape)));
      HttpResponse<String> answer = put("one-more", SHAPE);
      assertThat(answer.statusCode()).isEqualTo(409);
      assertThat(slug(answer)).isEqualTo("/problems/too-many-templates");
      assertThat(get("/v1/templates/one-more").statusCode()).isEqualTo(404);
    } finally {
      names.forEach(repository::remove);
    }
  }

  @Test
  void aTemplateIsBoundedAndItsCredentialsAreNotReadBack() {
    HttpResponse<String> large =
        put(
            "large",
            "{\"type\":\"rehearse\",\"params\":{\"result\":\"%s\"}}"
                .formatted("x".repeat(Templates.MOST_BYTES)));
    assertThat(large.statusCode()).isEqualTo(413);
    HttpResponse<String> secret =
        put(
            "secret",
            "{\"type\":\"scrape\",\"params\":{\"headers\":{\"Authorization\":\"Bearer s3cret\"}}}");
    assertThat(secret.body()).doesNotContain("s3cret").contains("***");
    assertThat(get("/v1/templates/secret").body()).doesNotContain("s3cret").contains("***");
  }
}
