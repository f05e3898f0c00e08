package io.threadmill.compute;

import io.threadmill.job.JobResult.ResultBody;
import io.threadmill.job.Violations;
import io.threadmill.job.Violations.Violation;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeTypeUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A function whose words about itself have been checked: it can be described, given an input, and
 * called. Thread-safe.
 */
final class LoadedFunction<I> {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final int LONGEST_NAME = 64;
  private static final int LONGEST_DESCRIPTION = 1000;

  private final ComputeFunction<I> function;
  private final JsonMapper mapper;
  private final InputSchema schema;
  private final FunctionDescription description;

  /**
   * @param mapper binds strictly and writes canonically
   * @throws InvalidFunction naming the first thing that is not in order
   */
  LoadedFunction(ComputeFunction<I> function, JsonMapper mapper) {
    this.function = function;
    this.mapper = mapper;
    require(
        NAME.matcher(function.name()).matches() && function.name().length() <= LONGEST_NAME,
        "has the name \"%s\": use small letters, digits and single hyphens, at most 64"
            .formatted(function.name()));
    require(function.version() >= 1, "has the version " + function.version() + ": begin with 1");
    require(
        !function.description().isBlank() && function.description().length() <= LONGEST_DESCRIPTION,
        "has no description of 1 to " + LONGEST_DESCRIPTION + " characters");
    require(
        function.inputType().isRecord(),
        "has the input type " + function.inputType().getName() + ", which is no record");
    requireMediaType();
    this.schema = schema("input", function.inputSchema());
    require(
        schema.document().path("type").asString("").equals("object"),
        "has an input schema without \"type\": \"object\"");
    JsonNode output = schema("output", function.outputSchema()).document();
    JsonNode example = json("example", function.example());
    var faults = new Violations("");
    var _ = bind(example, "", faults);
    for (Violation fault : faults.list()) {
      throw new InvalidFunction(
          function,
          "has an example that is not valid: \"%s\" %s".formatted(fault.pointer(), fault.detail()));
    }
    this.description =
        new FunctionDescription(
            function.name(),
            function.version(),
            function.description(),
            function.isolation(),
            function.mediaType(),
            schema.document(),
            output,
            example);
  }

  private void require(boolean inOrder, String problem) {
    if (!inOrder) {
      throw new InvalidFunction(function, problem);
    }
  }

  private void requireMediaType() {
    try {
      var type = MimeTypeUtils.parseMimeType(function.mediaType());
      require(type.isConcrete(), "has the media type " + type + ", which is none to answer with");
    } catch (InvalidMimeTypeException _) {
      throw new InvalidFunction(
          function, "has the media type \"%s\", which is none".formatted(function.mediaType()));
    }
  }

  private InputSchema schema(String name, String text) {
    try {
      return InputSchema.of(json(name + " schema", text));
    } catch (IllegalArgumentException refused) {
      throw new InvalidFunction(
          function, "has an %s schema that %s".formatted(name, refused.getMessage()));
    }
  }

  private JsonNode json(String name, String text) {
    try {
      return mapper.readTree(text);
    } catch (JacksonException _) {
      throw new InvalidFunction(function, "has an %s that is not JSON".formatted(name));
    }
  }

  ComputeFunction<I> function() {
    return function;
  }

  FunctionDescription description() {
    return description;
  }

  /** Checks an input and binds it; empty when something was added to the violations. */
  Optional<Task<I>> task(JsonNode input, String pointer, Violations violations) {
    return bind(input, pointer, violations).map(bound -> new Task<>(this, bound));
  }

  private Optional<I> bind(JsonNode input, String pointer, Violations violations) {
    var found = new Violations(pointer);
    JsonNode value = Numbers.normalise(input, "", found);
    if (found.isEmpty()) {
      schema.fill(value);
      schema.check(value, "", found);
    }
    I bound = null;
    if (found.isEmpty()) {
      try {
        bound = mapper.treeToValue(value, function.inputType());
        function.check(bound, found);
      } catch (JacksonException fault) {
        found.add(pointerOf(fault), "does not fit the function's input");
      }
    }
    found.list().forEach(fault -> violations.add(fault.pointer(), fault.detail()));
    return found.isEmpty() ? Optional.ofNullable(bound) : Optional.empty();
  }

  private static String pointerOf(JacksonException fault) {
    var pointer = new StringBuilder();
    for (JacksonException.Reference step : fault.getPath()) {
      String name = step.getPropertyName();
      pointer.append('/').append(name == null ? step.getIndex() : Violations.escape(name));
    }
    return pointer.toString();
  }

  Work work(I input) {
    return new Work(function.name(), function.version(), mapper.writeValueAsString(input));
  }

  ResultBody compute(I input, ComputeContext context)
      throws InterruptedException, ComputationFailed {
    return switch (function.compute(input, context)) {
      case Output.Json(Object value) -> ResultBody.json(mapper.writeValueAsBytes(value));
      case Output.Binary(byte[] bytes) -> new ResultBody(function.mediaType(), bytes);
    };
  }
}
