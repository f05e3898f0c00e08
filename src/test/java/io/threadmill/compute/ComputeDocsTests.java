package io.threadmill.compute;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.collatz.Collatz;
import io.threadmill.job.Violations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Holds {@code docs/compute.md} to the functions: its tables, its examples and its own function.
 */
class ComputeDocsTests {

  /** Params in a block of their own, and below them what they give. */
  private static final Pattern EXAMPLE =
      Pattern.compile("```json\n(\\{\"function\"[^`]*)```\n\ngives\n\n```json\n([^`]*)```");

  private static String page = "";

  @BeforeAll
  static void read() throws IOException {
    page = Files.readString(Path.of("docs/compute.md"));
  }

  static Stream<FunctionDescription> functions() {
    return TestFunctions.builtins().descriptions().stream();
  }

  @Test
  void theTableListsEveryFunction() {
    List<String> rows =
        functions()
            .map(f ->
                "| [`%s`](#%s) | %d | %s | %s |"
                    .formatted(f.name(), f.name(), f.version(), f.mediaType(), f.description()))
            .toList();
    assertThat(page.lines().filter(line -> line.startsWith("| [`")))
        .containsExactlyElementsOf(rows);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("functions")
  void eachInputIsDocumentedFieldByField(FunctionDescription function) {
    List<String> rows =
        function.inputSchema().path("properties").properties().stream()
            .map(ComputeDocsTests::row)
            .toList();
    assertThat(section(function.name()).lines().filter(line -> line.startsWith("| `")))
        .containsExactlyElementsOf(rows);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("functions")
  void eachSectionHasTheExampleOfTheFunction(FunctionDescription function) {
    Matcher first =
        Pattern.compile("```json\n(.*?)```", Pattern.DOTALL).matcher(section(function.name()));
    assertThat(first.find()).isTrue();
    JsonNode params = TestFunctions.MAPPER.readTree(first.group(1));
    assertThat(params.path("function").asString()).isEqualTo(function.name());
    assertThat(params.path("input")).isEqualTo(function.example());
  }

  @Test
  void eachExampleGivesWhatIsShown() throws Exception {
    Functions functions = TestFunctions.builtins();
    Matcher examples = EXAMPLE.matcher(page);
    int found = 0;
    for (; examples.find(); found++) {
      JsonNode params = TestFunctions.MAPPER.readTree(examples.group(1));
      var violations = new Violations("");
      Task<?> task =
          functions
              .find(params.path("function").asString())
              .orElseThrow()
              .task(params.path("input"), "", violations)
              .orElseThrow(() -> new AssertionError(violations.list()));
      assertThat(TestFunctions.MAPPER.readTree(task.compute(Steps.unlimited()).bytes()))
          .as(examples.group(1))
          .isEqualTo(TestFunctions.MAPPER.readTree(examples.group(2)));
    }
    assertThat(found).isEqualTo(4);
  }

  @Test
  void theFunctionShownIsTheOneThatIsTested() throws IOException {
    String source = Files.readString(Path.of("src/test/java/com/example/collatz/Collatz.java"));
    assertThat(page).contains("```java\n" + source + "```");
  }

  @Test
  void theFunctionShownIsInOrder() throws Exception {
    LoadedFunction<?> collatz = TestFunctions.of(new Collatz()).find("collatz").orElseThrow();
    var task = collatz.task(collatz.description().example(), "", new Violations("")).orElseThrow();
    assertThat(new String(task.compute(Steps.unlimited()).bytes(), StandardCharsets.UTF_8))
        .isEqualTo("{\"highest\":9232,\"steps\":111}");
  }

  /** What stands between the heading of a function and the next. */
  private static String section(String name) {
    int start = page.indexOf("\n### " + name + "\n");
    assertThat(start).as("a section for " + name).isPositive();
    int end = page.indexOf("\n##", start + 4);
    return page.substring(start, end < 0 ? page.length() : end);
  }

  private static String row(Map.Entry<String, JsonNode> property) {
    JsonNode schema = property.getValue();
    return "| `%s` | %s | %s | %s |"
        .formatted(
            property.getKey(),
            form(schema),
            schema.has("default") ? "`" + schema.path("default") + "`" : "required",
            schema.path("description").asString());
  }

  private static String form(JsonNode schema) {
    String type = schema.path("type").asString();
    if (type.equals("array")) {
      String limits =
          schema.has("minItems")
              ? "%s to %s".formatted(schema.path("minItems"), schema.path("maxItems"))
              : "at most " + schema.path("maxItems");
      return "array, %s, of %s".formatted(limits, form(schema.path("items")));
    }
    return schema.has("minimum")
        ? "%s, %s to %s".formatted(type, schema.path("minimum"), schema.path("maximum"))
        : type;
  }
}
