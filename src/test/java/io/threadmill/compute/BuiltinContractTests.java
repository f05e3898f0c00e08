package io.threadmill.compute;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.Violations;
import io.threadmill.job.Violations.Violation;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What each function that comes with the service says of itself is what it does. */
class BuiltinContractTests {

  private static final JsonMapper MAPPER = TestFunctions.MAPPER;
  private static final Functions FUNCTIONS = TestFunctions.builtins();

  static Stream<Arguments> functions() {
    return FUNCTIONS.names().stream().map(name -> Arguments.of(name));
  }

  static Stream<Arguments> properties() {
    return FUNCTIONS.descriptions().stream()
        .flatMap(function ->
            function.inputSchema().path("properties").properties().stream()
                .map(property ->
                    Arguments.of(function.name(), property.getKey(), property.getValue())));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void theExampleGivesWhatTheOutputSchemaSays(String name) throws Exception {
    FunctionDescription said = FUNCTIONS.describe(name).orElseThrow();
    Task<?> task = task(name, said.example());
    var body = task.compute(Steps.unlimited());
    assertThat(body.mediaType()).isEqualTo(said.mediaType());
    if (body.isJson()) {
      var violations = new Violations("");
      InputSchema.of(said.outputSchema()).check(MAPPER.readTree(body.bytes()), "", violations);
      assertThat(violations.list()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void theRecordHasTheFieldsOfTheSchemaAndTheSchemaIsClosed(String name) {
    var function = FUNCTIONS.find(name).orElseThrow().function();
    JsonNode schema = FUNCTIONS.describe(name).orElseThrow().inputSchema();
    assertThat(Stream.of(function.inputType().getRecordComponents()).map(c -> c.getName()))
        .containsExactlyElementsOf(schema.path("properties").propertyNames());
    assertThat(schema.path("additionalProperties").booleanValue(true)).isFalse();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("properties")
  void aPropertyIsSaidAndRequiredOrHasADefault(String name, String property, JsonNode schema) {
    assertThat(schema.path("description").asString("")).isNotBlank();
    JsonNode whole = FUNCTIONS.describe(name).orElseThrow().inputSchema();
    boolean required =
        whole.path("required").valueStream().anyMatch(one -> one.asString().equals(property));
    assertThat(required).isNotEqualTo(schema.has("default")).isEqualTo(name.equals("primes"));
  }

  /** Everything the schema lets through binds; everything else is a violation at its place. */
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("properties")
  void theLimitsOfSchemaAndRecordAgree(String name, String property, JsonNode schema) {
    String pointer = "/" + property;
    for (String wrong : List.of("null", "{}", "\"x\"", "[[null]]", "1.5", "true", "1e400")) {
      JsonNode value = MAPPER.readTree(wrong);
      boolean right =
          switch (schema.path("type").asString()) {
            case "number" -> wrong.equals("1.5");
            case "boolean" -> wrong.equals("true");
            default -> false;
          };
      assertThat(faults(name, property, value).isEmpty()).as(wrong).isEqualTo(right);
      assertThat(faults(name, property, value))
          .allSatisfy(fault -> {
            assertThat(fault.pointer()).startsWith(pointer);
            assertThat(fault.detail()).doesNotContain("does not fit");
          });
    }
    if (!schema.has("minimum")) {
      return;
    }
    double least = schema.path("minimum").doubleValue();
    double most = schema.path("maximum").doubleValue();
    assertThat(faults(name, property, MAPPER.valueToTree(least))).noneMatch(isOfSchemaOrBinding());
    assertThat(faults(name, property, MAPPER.valueToTree(most))).noneMatch(isOfSchemaOrBinding());
    assertThat(faults(name, property, MAPPER.valueToTree(least - 1)).getFirst())
        .satisfies(fault -> {
          assertThat(fault.pointer()).isEqualTo(pointer);
          assertThat(fault.detail()).endsWith(" or more");
        });
    assertThat(faults(name, property, MAPPER.valueToTree(most + 1)).getFirst())
        .satisfies(fault -> {
          assertThat(fault.pointer()).isEqualTo(pointer);
          assertThat(fault.detail()).endsWith(" or less");
        });
  }

  private static Predicate<Violation> isOfSchemaOrBinding() {
    return fault ->
        fault.detail().endsWith(" or more")
            || fault.detail().endsWith(" or less")
            || fault.detail().contains("does not fit");
  }

  private static List<Violation> faults(String name, String property, JsonNode value) {
    ObjectNode input =
        name.equals("primes")
            ? MAPPER.createObjectNode().put("from", 0).put("to", 0)
            : MAPPER.createObjectNode();
    input.set(property, value);
    var violations = new Violations("");
    var _ = FUNCTIONS.find(name).orElseThrow().task(input, "", violations);
    return violations.list();
  }

  /** Pairs of inputs that ask for the same work. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "primes         | {\"from\":1,\"to\":100}   | {\"to\":100,\"from\":1}",
        "primes         | {\"from\":1,\"to\":100}   | {\"from\":1.0,\"to\":1e2}",
        "monte-carlo-pi | {}                        | {\"samples\":1000000,\"seed\":1}",
        "monte-carlo-pi | {\"seed\":1}              | {\"samples\":1e6}",
        "mandelbrot     | {}                        | {\"centerY\":0.0,\"span\":3,\"width\":512}",
        "mandelbrot     | {\"span\":3.0}            | {\"span\":3}",
        "statistics     | {\"values\":[1,2.0]}      | {\"values\":[1.0,2],\"regressors\":[]}",
        "word-count     | {\"texts\":[\"\\u0061\"]} | {\"top\":10,\"texts\":[\"a\"]}",
      })
  void equalWorkIsEqual(String name, String one, String other) {
    assertThat(task(name, MAPPER.readTree(one)).work())
        .isEqualTo(task(name, MAPPER.readTree(other)).work());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "primes         | {\"from\":1,\"to\":100}       | {\"from\":1,\"to\":101}",
        "monte-carlo-pi | {}                            | {\"seed\":2}",
        "mandelbrot     | {\"span\":1e-12}              | {\"span\":2e-12}",
        "statistics     | {\"values\":[1,2]}            | {\"values\":[2,1]}",
        "word-count     | {\"texts\":[\"a\"]}           | {\"texts\":[\"A\"]}",
      })
  void otherWorkIsNot(String name, String one, String other) {
    assertThat(task(name, MAPPER.readTree(one)).work())
        .isNotEqualTo(task(name, MAPPER.readTree(other)).work());
  }

  @Test
  void workNamesItsFunctionItsVersionAndAllOfItsInput() {
    assertThat(task("monte-carlo-pi", MAPPER.readTree("{\"seed\":7}")).work())
        .isEqualTo(new Work("monte-carlo-pi", 1, "{\"samples\":1000000,\"seed\":7}"));
    assertThat(task("mandelbrot", MAPPER.readTree("{}")).work().input())
        .isEqualTo(
            "{\"centerX\":-0.5,\"centerY\":0.0,\"height\":512,\"iterations\":256,\"span\":3.0,\"width\":512}");
  }

  private static Task<?> task(String name, JsonNode input) {
    var violations = new Violations("");
    var task = FUNCTIONS.find(name).orElseThrow().task(input, "", violations);
    assertThat(violations.list()).isEmpty();
    return task.orElseThrow();
  }
}
