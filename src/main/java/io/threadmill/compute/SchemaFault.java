package io.threadmill.compute;

import com.networknt.schema.Error;
import io.threadmill.job.Violations;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Says what the schema validator found in words of ours, by the keyword that was not met. */
final class SchemaFault {

  private SchemaFault() {}

  /** Where it is: of a property that is missing or should not be, the property itself. */
  static String pointer(Error fault) {
    String at = fault.getInstanceLocation().toString();
    return switch (keyword(fault)) {
      case "dependentRequired" ->
          at + "/" + Violations.escape(String.valueOf(fault.getArguments()[0]));
      case "required", "additionalProperties", "unevaluatedProperties", "propertyNames" ->
          fault.getProperty() == null ? at : at + "/" + Violations.escape(fault.getProperty());
      default -> at;
    };
  }

  static String words(Error fault) {
    JsonNode limit = fault.getSchemaNode();
    return switch (keyword(fault)) {
      case "type" -> "must be " + types(limit);
      case "required", "dependentRequired" -> "is missing";
      case "additionalProperties", "unevaluatedProperties", "propertyNames" ->
          "is not a known field";
      case "minimum" -> "must be %s or more".formatted(limit);
      case "maximum" -> "must be %s or less".formatted(limit);
      case "exclusiveMinimum" -> "must be more than " + limit;
      case "exclusiveMaximum" -> "must be less than " + limit;
      case "multipleOf" -> "must be a multiple of " + limit;
      case "minLength" -> "must have at least %s characters".formatted(limit);
      case "maxLength" -> "must have at most %s characters".formatted(limit);
      case "minItems" -> "must have at least %s elements".formatted(limit);
      case "maxItems" -> "must have at most %s elements".formatted(limit);
      case "minProperties" -> "must have at least %s fields".formatted(limit);
      case "maxProperties" -> "must have at most %s fields".formatted(limit);
      case "uniqueItems" -> "must not hold an element twice";
      case "enum" -> "must be one of " + list(limit);
      case "const" -> "must be " + limit;
      case "pattern" -> "must match the pattern " + limit;
      default -> "does not meet \"%s\" of the schema".formatted(keyword(fault));
    };
  }

  private static String keyword(Error fault) {
    return fault.getKeyword() == null ? "" : fault.getKeyword();
  }

  private static String types(@Nullable JsonNode types) {
    if (types == null) {
      return "of another type";
    }
    if (types.isArray()) {
      return types.valueStream().map(SchemaFault::type).collect(Collectors.joining(" or "));
    }
    return type(types);
  }

  private static String type(JsonNode name) {
    return switch (name.asString("")) {
      case "integer" -> "a whole number";
      case "number" -> "a number";
      case "string" -> "a string";
      case "boolean" -> "true or false";
      case "array" -> "an array";
      case "object" -> "an object";
      default -> name.asString("");
    };
  }

  private static String list(@Nullable JsonNode values) {
    return values == null
        ? "the values that the schema names"
        : StreamSupport.stream(values.spliterator(), false)
            .map(JsonNode::toString)
            .collect(Collectors.joining(", "));
  }
}
