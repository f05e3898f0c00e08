package io.threadmill.web.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.threadmill.job.JobLimits;
import io.threadmill.web.Problem;
import io.threadmill.web.openapi.Operations.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The document is whole in itself and says what the code says. */
class OpenApiDocumentTests {

  /** Problems that no documented operation ends with. */
  private static final Map<Problem, String> OF_NO_OPERATION =
      Map.of(
          Problem.METHOD_NOT_ALLOWED, "a path without the method is no operation",
          Problem.LEASE_LOST, "told to a job that spawns jobs, never over HTTP");

  private final JsonNode document = Operations.assembled();
  private final Operations operations = new Operations(document);
  private final Schemas schemas = new Schemas(document);

  @Test
  void everyReferenceLeadsSomewhere() {
    List<String> references = new ArrayList<>();
    collect(document, references);
    assertThat(references).hasSizeGreaterThan(100);
    for (String reference : references) {
      assertThat(reference).startsWith("#/");
      assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
    }
  }

  private static void collect(JsonNode node, List<String> references) {
    if (node.path("$ref").isString()) {
      references.add(node.path("$ref").asString());
    }
    node.forEach(inner -> collect(inner, references));
  }

  /** What the service answers to, and what it sends itself. */
  private List<Operation> all() {
    return Stream.concat(operations.all().stream(), operations.callOuts().stream()).toList();
  }

  @Test
  void everyExampleOfABodyIsValid() {
    int examples = 0;
    for (Operation operation : all()) {
      List<JsonNode> contents = new ArrayList<>();
      contents.add(operation.node().at("/requestBody/content"));
      operation.node().path("responses").forEach(answer -> contents.add(answer.path("content")));
      for (JsonNode body : contents.stream().flatMap(JsonNode::valueStream).toList()) {
        for (JsonNode example : body.path("examples")) {
          JsonNode value = operations.resolved(example).path("value");
          assertThat(value.isMissingNode()).isFalse();
          assertThat(schemas.faults(body.path("schema"), value))
              .as("%s %s", operation, value)
              .isEmpty();
          examples++;
        }
      }
    }
    assertThat(examples).isGreaterThan(50);
  }

  @Test
  void everyExampleOfASchemaAndOfAParameterIsValid() {
    for (Map.Entry<String, JsonNode> schema : document.at("/components/schemas").properties()) {
      for (JsonNode example : schema.getValue().path("examples")) {
        assertThat(schemas.faults(schema.getValue(), example)).as(schema.getKey()).isEmpty();
      }
      schema
          .getValue()
          .path("properties")
          .forEach(member -> {
            if (member.has("default")) {
              assertThat(schemas.faults(member, member.path("default"))).as("%s", member).isEmpty();
            }
          });
    }
    for (Operation operation : all()) {
      for (JsonNode parameter : operations.parameters(operation)) {
        if (parameter.has("example")) {
          assertThat(schemas.faults(parameter.path("schema"), parameter.path("example")))
              .as("%s %s", operation, parameter)
              .isEmpty();
        }
      }
    }
  }

  @Test
  void everyOperationHasANameASummaryAndATag() {
    Set<String> names = new TreeSet<>();
    Set<String> tags =
        document
            .path("tags")
            .valueStream()
            .map(tag -> tag.path("name").asString())
            .collect(Collectors.toSet());
    for (Operation operation : all()) {
      assertThat(names.add(operation.node().path("operationId").asString()))
          .as("%s", operation)
          .isTrue();
      assertThat(operation.node().path("summary").asString()).as("%s", operation).isNotBlank();
      assertThat(tags).contains(operation.node().path("tags").path(0).asString());
      for (String name : operation.path().split("[{}]", -1)) {
        if (operation.path().contains("{" + name + "}")) {
          assertThat(operations.parameters(operation))
              .as("%s", operation)
              .anyMatch(parameter ->
                  parameter.path("in").asString().equals("path")
                      && parameter.path("name").asString().equals(name));
        }
      }
    }
  }

  @Test
  void everyProblemOfACallStandsWithAnOperation() {
    Set<String> documented =
        operations.all().stream()
            .flatMap(operation -> operation.node().path("responses").valueStream())
            .flatMap(answer ->
                answer
                    .path("content")
                    .path("application/problem+json")
                    .path("examples")
                    .propertyNames()
                    .stream())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> expected =
        Arrays.stream(Problem.values())
            .filter(problem -> !OF_NO_OPERATION.containsKey(problem))
            .map(Problem::slug)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(documented).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "JobOptions/properties/priority/minimum,              MIN_PRIORITY",
    "JobOptions/properties/priority/maximum,              MAX_PRIORITY",
    "JobOptions/properties/priority/default,              DEFAULT_PRIORITY",
    "JobOptions/properties/key/maxLength,                 MAX_KEY_CHARS",
    "JobOptions/properties/tags/maxItems,                 MAX_TAGS",
    "JobOptions/properties/tags/items/maxLength,          MAX_TAG_CHARS",
    "RetryOptions/properties/attempts/maximum,            MAX_ATTEMPTS",
    "RetryOptions/properties/attempts/default,            DEFAULT_ATTEMPTS",
    "Changed/properties/changed/maximum,                  MAX_CHANGED",
    "BatchRequest/properties/items/maxItems,              MAX_ROWS",
    "LimitRequest/properties/concurrency/maximum,         MAX_CONCURRENCY",
  })
  void aLimitIsTheCodes(String pointer, String limit) throws ReflectiveOperationException {
    assertThat(document.at("/components/schemas/" + pointer).asInt())
        .isEqualTo(JobLimits.class.getField(limit).getInt(null));
  }

  @ParameterizedTest
  @CsvSource({
    "ScrapeParams,   io.threadmill.scrape.ScrapeParams",
    "ComputeParams,  io.threadmill.compute.ComputeParams",
    "RehearseParams, io.threadmill.rehearse.RehearseParams",
  })
  void theParamsOfATypeAreThoseItBinds(String schema, String record)
      throws ReflectiveOperationException {
    Class<?> params = Class.forName(record);
    Set<String> bound = new TreeSet<>();
    for (var component : params.getRecordComponents()) {
      var renamed = params.getDeclaredField(component.getName()).getAnnotation(JsonProperty.class);
      bound.add(renamed == null ? component.getName() : renamed.value());
    }
    assertThat(document.at("/components/schemas/" + schema + "/properties").propertyNames())
        .containsExactlyInAnyOrderElementsOf(bound);
  }

  @Test
  void thePageHoldsEveryOperationAndSchemaAndItsLinksHold() {
    String page = new DocsPage(document).html();
    for (Operation operation : all()) {
      assertThat(page)
          .contains("<h3 id=\"" + operation.node().path("operationId").asString() + "\">");
    }
    for (String schema : document.at("/components/schemas").propertyNames()) {
      String shown = schema.replaceAll(SchemaText.OR_NULL + "$", "");
      assertThat(page).contains("<h3 id=\"schema-" + shown + "\">");
    }
    assertThat(page).doesNotContain("<script", "src=", "href=\"http", "style=", "<style");
    var links = java.util.regex.Pattern.compile("href=\"#([^\"]+)\"").matcher(page).results();
    assertThat(links.map(link -> link.group(1)).distinct().toList())
        .hasSizeGreaterThan(50)
        .allSatisfy(anchor -> assertThat(page).contains("id=\"" + anchor + "\""));
  }
}
