package io.threadmill.compute;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.Violations;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InputSchemaTests {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  @ParameterizedTest(name = "{0} of {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"type\":\"integer\"}              | \"x\"  | | must be a whole number",
        "{\"type\":\"integer\"}              | 1.5    | | must be a whole number",
        "{\"type\":\"number\"}               | true   | | must be a number",
        "{\"type\":\"string\"}               | 1      | | must be a string",
        "{\"type\":\"boolean\"}              | 1      | | must be true or false",
        "{\"type\":\"array\"}                | {}     | | must be an array",
        "{\"type\":\"object\"}               | null   | | must be an object",
        "{\"type\":[\"string\",\"null\"]}    | 1      | | must be a string or null",
        "{\"minimum\":2}                     | 1      | | must be 2 or more",
        "{\"maximum\":0.5}                   | 1      | | must be 0.5 or less",
        "{\"exclusiveMinimum\":1}            | 1      | | must be more than 1",
        "{\"exclusiveMaximum\":1}            | 1      | | must be less than 1",
        "{\"multipleOf\":2}                  | 3      | | must be a multiple of 2",
        "{\"minLength\":2}                   | \"a\"  | | must have at least 2 characters",
        "{\"maxLength\":1}                   | \"ab\" | | must have at most 1 characters",
        "{\"minItems\":1}                    | []     | | must have at least 1 elements",
        "{\"maxItems\":1}                    | [1,2]  | | must have at most 1 elements",
        "{\"minProperties\":1}               | {}     | | must have at least 1 fields",
        "{\"maxProperties\":0}               | {\"a\":1} | | must have at most 0 fields",
        "{\"uniqueItems\":true}              | [1,1]  | | must not hold an element twice",
        "{\"enum\":[\"a\",1]}                | \"b\"  | | must be one of \"a\", 1",
        "{\"const\":\"a\"}                   | \"b\"  | | must be \"a\"",
        "{\"pattern\":\"^a$\"}               | \"b\"  | | must match the pattern \"^a$\"",
        "{\"required\":[\"a/b\"]}            | {}     | /a~1b | is missing",
        "{\"additionalProperties\":false}    | {\"a~\":1} | /a~0 | is not a known field",
        "{\"unevaluatedProperties\":false}   | {\"a\":1} | /a | is not a known field",
        "{\"dependentRequired\":{\"a\":[\"b\"]}} | {\"a\":1} | /b | is missing",
        "{\"not\":{}}                        | 1      | | does not meet \"not\" of the schema",
        "{\"items\":{\"type\":\"string\"}}   | [\"a\",2] | /1 | must be a string",
        "{\"properties\":{\"a\":{\"items\":{\"minimum\":1}}}} | {\"a\":[1,0]} | /a/1 | must be 1 or more",
        "{\"properties\":{\"a\":{\"$ref\":\"#/$defs/n\"}},\"$defs\":{\"n\":{\"minimum\":1}}} | {\"a\":0} | /a | must be 1 or more",
      })
  void aFaultIsSaidInWordsOfOurs(String schema, String value, String pointer, String words) {
    assertThat(check(schema, value))
        .singleElement()
        .satisfies(found -> {
          assertThat(found.pointer()).isEqualTo(pointer == null ? "" : pointer);
          assertThat(found.detail()).isEqualTo(words);
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"type\":\"integer\"}        | 1.0",
        "{\"type\":\"number\"}         | 1",
        "{\"maxLength\":1}             | \"\\uD835\\uDC00\"",
        "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\"} | 1",
      })
  void whatMeetsTheSchemaHasNoFault(String schema, String value) {
    assertThat(check(schema, value)).isEmpty();
  }

  @Test
  void manyFaultsAreCutOff() {
    assertThat(check("{\"items\":{\"type\":\"string\"}}", "[" + "1,".repeat(100_000) + "1]"))
        .hasSize(50);
  }

  @Test
  @Timeout(20)
  void aCheckIsBounded() {
    String schema =
        """
        {"$defs":{"t":{"anyOf":[{"type":"array","items":{"$ref":"#/$defs/t"}},
        {"items":{"$ref":"#/$defs/t"},"type":"array"}]}},"$ref":"#/$defs/t"}
        """;
    assertThat(check(schema, "[".repeat(30) + "1" + "]".repeat(30)))
        .singleElement()
        .satisfies(found -> assertThat(found.detail()).contains("too large or too deep"));
  }

  @Test
  void defaultsAreFilledInWhereNothingIsGiven() {
    JsonNode schema =
        MAPPER.readTree(
            """
            {"properties":{"a":{"default":1},"b":{"default":[2]},"c":{},
            "d":{"properties":{"e":{"default":3}}}}}
            """);
    InputSchema compiled = InputSchema.of(schema);
    assertThat(filled(compiled, "{}")).isEqualTo("{\"a\":1,\"b\":[2]}");
    assertThat(filled(compiled, "{\"a\":null,\"d\":{}}"))
        .isEqualTo("{\"a\":null,\"d\":{\"e\":3},\"b\":[2]}");
    assertThat(filled(compiled, "[]")).isEqualTo("[]");
  }

  private static String filled(InputSchema schema, String value) {
    JsonNode node = MAPPER.readTree(value);
    schema.fill(node);
    return node.toString();
  }

  private static List<Violations.Violation> check(String schema, String value) {
    var violations = new Violations("");
    InputSchema.of(MAPPER.readTree(schema)).check(MAPPER.readTree(value), "", violations);
    return violations.list();
  }
}
