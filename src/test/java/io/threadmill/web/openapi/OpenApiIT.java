package io.threadmill.web.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.web.ServiceIT;
import io.threadmill.web.openapi.Operations.Operation;
import java.net.http.HttpResponse;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.info.BuildProperties;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import tools.jackson.databind.JsonNode;

/** The document and its page as they are served, and its examples as they run. */
@Timeout(120)
class OpenApiIT extends ServiceIT {

  /** Mappings that are no operations, and why. */
  private static final Map<String, String> NO_OPERATIONS =
      Map.of(
          "/demo.*", "the demo site is to be scraped",
          "/robots\\.txt|/sitemap.*", "the demo site's",
          "/error", "where the container hands on what it could not answer");

  /** Operations that share a mapping of a wider pattern. */
  private static final Map<String, String> BY_ONE_MAPPING =
      Map.of(
          "GET /actuator/health/liveness", "GET /actuator/health/**",
          "GET /actuator/health/readiness", "GET /actuator/health/**",
          "GET /actuator/health/{component}", "GET /actuator/health/**");

  private final Operations operations = Operations.documented();

  @Autowired Collection<RequestMappingInfoHandlerMapping> mappings;
  @Autowired BuildProperties build;

  @Test
  void theDocumentIsServedWithItsVersionAndATag() {
    HttpResponse<String> answer = get("/v3/api-docs");
    JsonNode served = json(answer);
    assertThat(served.path("openapi").asString()).isEqualTo("3.1.0");
    assertThat(served.at("/info/version").asString()).isEqualTo(build.getVersion());
    assertThat(served.path("paths")).isEqualTo(Operations.assembled().path("paths"));
    assertThat(served.path("webhooks")).isEqualTo(Operations.assembled().path("webhooks"));
    String tag = answer.headers().firstValue("ETag").orElseThrow();
    assertThat(get("/v3/api-docs", "If-None-Match", tag).statusCode()).isEqualTo(304);
  }

  @Test
  void everyRouteStandsInTheDocumentAndTheReverse() {
    Set<String> documented =
        operations.all().stream()
            .map(Operation::toString)
            .map(operation -> BY_ONE_MAPPING.getOrDefault(operation, operation))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> mapped = new TreeSet<>();
    for (var mapping : mappings) {
      mapping
          .getHandlerMethods()
          .keySet()
          .forEach(info ->
              info.getPatternValues().stream()
                  .filter(path -> NO_OPERATIONS.keySet().stream().noneMatch(path::matches))
                  .forEach(path ->
                      info.getMethodsCondition()
                          .getMethods()
                          .forEach(method -> mapped.add(method + " " + path))));
    }
    assertThat(mapped).isEqualTo(documented);
  }

  @Test
  void everyExampleOfAJobRunsWell() {
    JsonNode examples =
        operations
            .find("POST", "/v1/jobs")
            .orElseThrow()
            .node()
            .at("/requestBody/content/application~1json/examples");
    assertThat(examples.size()).isGreaterThan(3);
    for (JsonNode example : examples) {
      String body = example.path("value").toString().replace(":8080/", ":" + port + "/");
      HttpResponse<String> answer = post("/v1/jobs", body, "Prefer", "wait=30");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(json(answer).path("state").asString()).as(answer.body()).isEqualTo("succeeded");
    }
  }

  @Test
  void theFieldsOfAJobAreThoseTheServiceKnows() {
    String detail = json(post("/v1/jobs", "{\"wat\":1}")).path("detail").asString();
    String known = detail.substring(detail.indexOf("known are ") + 10, detail.length() - 1);
    JsonNode schemas = Operations.assembled().at("/components/schemas");
    var documented = new TreeSet<>(schemas.at("/JobRequest/properties").propertyNames());
    documented.addAll(schemas.at("/JobOptions/properties").propertyNames());
    assertThat(documented).containsExactlyInAnyOrderElementsOf(List.of(known.split(", ")));
  }

  @Test
  void everyExampleOfABatchATemplateAndALimitRunsWell() {
    int examples = 0;
    for (Operation operation : operations.all()) {
      if (operation.toString().equals("POST /v1/jobs")) {
        continue;
      }
      for (var content : operation.node().at("/requestBody/content").properties()) {
        for (JsonNode example : content.getValue().path("examples")) {
          String query = example.path("x-query").asString("");
          JsonNode value = example.path("value");
          HttpResponse<String> answer =
              send(
                  operation.method(),
                  operation.examplePath() + (query.isEmpty() ? "" : "?" + query),
                  (value.isString() ? value.asString() : value.toString())
                      .replace(":8080/", ":" + port + "/"),
                  "Content-Type",
                  content.getKey());
          assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
          if (operation.method().equals("PUT")) {
            send("DELETE", operation.examplePath(), "");
          }
          if (json(answer).has("counts")) {
            JsonNode batch = ended("/v1/batches/" + json(answer).path("id").asString());
            assertThat(batch.path("counts").path("succeeded")).isEqualTo(batch.path("total"));
          }
          examples++;
        }
      }
    }
    assertThat(examples).isGreaterThan(4);
  }

  @Test
  void everyProblemTheDocumentNamesHasItsPage() {
    JsonNode served = json(get("/v3/api-docs"));
    Set<String> types = new TreeSet<>();
    served.path("paths").forEach(path -> collect(path, types));
    served
        .at("/components/schemas/JobError/properties/type/examples")
        .forEach(type -> types.add(type.asString()));
    assertThat(types)
        .contains("/problems/invalid-job", "/problems/url-blocked")
        .hasSizeGreaterThan(40);
    for (String type : types) {
      HttpResponse<String> page = get(type);
      assertThat(page.statusCode()).as(type).isEqualTo(200);
      assertThat(page.body()).as(type).contains("What to do");
    }
  }

  private static void collect(JsonNode node, Set<String> types) {
    node.path("type").path("enum").forEach(type -> types.add(type.asString()));
    node.forEach(inner -> collect(inner, types));
  }

  @Test
  void thePageLoadsNothingFromElsewhereAndItsLinksLeadSomewhere() {
    HttpResponse<String> page = get("/docs");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'");
    List<String> links =
        Pattern.compile("href=\"(/[^\"]*)\"")
            .matcher(page.body())
            .results()
            .map(link -> link.group(1))
            .distinct()
            .toList();
    assertThat(links).contains("/threadmill.css", "/v3/api-docs", "/problems");
    assertThat(links).allSatisfy(link -> assertThat(get(link).statusCode()).isEqualTo(200));
    assertThat(get("/").body()).contains("href=\"/docs\"", "href=\"/v3/api-docs\"");
  }

  @Test
  void aStreamOfEventsIsAsDocumented() {
    String job = rehearse("{}");
    ended(job);
    assertThat(get(job + "/events", "Last-Event-ID", "0-1").body()).contains("event: end");
  }

  @Test
  void theOperatingEndpointsAreAsDocumented() {
    for (String path :
        List.of(
            "/actuator",
            "/actuator/info",
            "/actuator/pool",
            "/actuator/caches",
            "/actuator/health",
            "/actuator/health/liveness",
            "/actuator/health/readiness",
            "/actuator/health/pool")) {
      assertThat(get(path).statusCode()).as(path).isEqualTo(200);
      assertThat(get(path, "Accept", "application/json").statusCode()).as(path).isEqualTo(200);
    }
  }

  @Test
  void aCancelledJobHasNoResult() {
    String job =
        post("/v1/jobs", "{\"type\":\"rehearse\",\"params\":{},\"delay\":\"1h\"}")
            .headers()
            .firstValue("Location")
            .orElseThrow();
    send("POST", job + "/cancel", "");
    HttpResponse<String> result = get(job + "/result");
    assertThat(result.statusCode()).isEqualTo(409);
    assertThat(json(result).path("type").asString()).isEqualTo("/problems/job-cancelled");
  }
}
