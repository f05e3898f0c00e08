package io.threadmill.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A function that is not in order stops the start, and the message says which and why. */
class FunctionsTests {

  @Test
  void aFunctionInOrderIsDescribed() {
    FunctionDescription said = TestFunctions.of(new AFunction()).describe("square").orElseThrow();
    assertThat(said.version()).isEqualTo(1);
    assertThat(said.mediaType()).isEqualTo("application/json");
    assertThat(said.isolation()).isEqualTo(Isolation.THREAD);
    assertThat(said.example().toString()).isEqualTo("{\"n\":2}");
    assertThat(said.inputSchema().at("/properties/n/maximum").asInt()).isEqualTo(9);
  }

  @Test
  void theyAreListedByName() {
    assertThat(TestFunctions.builtins().descriptions())
        .extracting(FunctionDescription::name)
        .containsExactly("mandelbrot", "monte-carlo-pi", "primes", "statistics", "word-count");
  }

  @Test
  void twoOfOneNameAreRefused() {
    var other = new AFunction() {};
    assertThatThrownBy(() -> TestFunctions.of(new AFunction(), other))
        .isInstanceOf(InvalidFunction.class)
        .hasMessageContaining(AFunction.class.getName())
        .hasMessageContaining(other.getClass().getName())
        .hasMessageContaining("has the name \"square\", and so has");
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault("the name \"\"", f -> f.name = ""),
        fault("the name \"Square\"", f -> f.name = "Square"),
        fault("the name \"a--b\"", f -> f.name = "a--b"),
        fault("the name \"-a\"", f -> f.name = "-a"),
        fault("the name \"a/b\"", f -> f.name = "a/b"),
        fault("at most 64", f -> f.name = "a".repeat(65)),
        fault("the version 0", f -> f.version = 0),
        fault("no description", f -> f.description = "  "),
        fault("no description", f -> f.description = "x".repeat(1001)),
        fault("java.lang.String, which is no record", f -> f.inputType = String.class),
        fault("the media type \"png\", which is none", f -> f.mediaType = "png"),
        fault("which is none to answer with", f -> f.mediaType = "image/*"),
        fault("input schema that is not JSON", f -> f.inputSchema = "{"),
        fault("input schema that is not JSON", f -> f.inputSchema = "{} {}"),
        fault("is not a JSON object", f -> f.inputSchema = "true"),
        fault("without \"type\": \"object\"", f -> f.inputSchema = "{}"),
        fault("is not a JSON Schema: at \"/type\"", f -> f.inputSchema = "{\"type\":\"objekt\"}"),
        fault(
            "at \"/properties/n/minimum\" it must be a number",
            f ->
                f.inputSchema = "{\"type\":\"object\",\"properties\":{\"n\":{\"minimum\":\"0\"}}}"),
        fault(
            "not of draft 2020-12 but of http://json-schema.org/draft-07/schema#",
            f ->
                f.inputSchema =
                    "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"object\"}"),
        fault(
            "refers to http://127.0.0.1:1/x, outside of itself",
            f ->
                f.inputSchema =
                    "{\"type\":\"object\",\"properties\":{\"n\":{\"$ref\":\"http://127.0.0.1:1/x\"}}}"),
        fault(
            "refers to other.json, outside",
            f -> f.inputSchema = "{\"type\":\"object\",\"allOf\":[{\"$ref\":\"other.json\"}]}"),
        fault(
            "holds a reference that leads nowhere",
            f -> f.inputSchema = "{\"type\":\"object\",\"allOf\":[{\"$ref\":\"#/$defs/none\"}]}"),
        fault(
            "input schema that",
            f ->
                f.inputSchema = "{\"type\":\"object\",\"properties\":{\"n\":{\"pattern\":\"(\"}}}"),
        fault("output schema that is not a JSON object", f -> f.outputSchema = ""),
        fault("output schema that is not a JSON Schema", f -> f.outputSchema = "{\"type\":1}"),
        fault("example that is not JSON", f -> f.example = "n"),
        fault("example that is not valid: \"/n\" must be 9 or less", f -> f.example = "{\"n\":10}"),
        fault("example that is not valid: \"/x\" does not fit", f -> f.example = "{\"x\":1}"),
        fault(
            "example that is not valid: \"/n\" must be a whole number",
            f -> {
              f.inputSchema = f.inputSchema.replace("\"default\":3", "\"default\":\"3\"");
              f.example = "{}";
            }));
  }

  private static Arguments fault(String words, Consumer<AFunction> change) {
    return Arguments.of(words, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void whatIsNotInOrderIsSaidInOneLine(String words, Consumer<AFunction> change) {
    var function = new AFunction();
    change.accept(function);
    assertThatThrownBy(() -> TestFunctions.of(function))
        .isInstanceOf(InvalidFunction.class)
        .hasMessageStartingWith("The compute function io.threadmill.compute.AFunction has ")
        .hasMessageContaining(words)
        .message()
        .doesNotContain("\n", "Exception", "networknt", "jackson");
  }
}
