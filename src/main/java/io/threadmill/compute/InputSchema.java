package io.threadmill.compute;

import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.InvalidSchemaRefException;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.ValidationLimitExceededException;
import com.networknt.schema.dialect.Dialects;
import io.threadmill.job.Violations;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON Schema (draft 2020-12) that has been checked itself. Nothing is ever fetched for it: a
 * reference stays within the schema. Thread-safe.
 */
final class InputSchema {

  /** Ours; a schema may say it, and no other. */
  private static final String DIALECT = Dialects.getDraft202012().getId();

  /** Steps of one check: beyond what 256 KiB of params need with a plain schema. */
  private static final long MOST_STEPS = 2_000_000;

  private static final int DEEPEST = 200;

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDialect(Dialects.getDraft202012());

  private static final ExecutionConfig LIMITS =
      ExecutionConfig.builder().maxEvaluationSteps(MOST_STEPS).maxEvaluationDepth(DEEPEST).build();

  private final JsonNode document;
  private final Schema schema;

  private InputSchema(JsonNode document, Schema schema) {
    this.document = document;
    this.schema = schema;
  }

  /**
   * @throws IllegalArgumentException saying in a few words what is wrong with the schema
   */
  static InputSchema of(JsonNode document) {
    if (!document.isObject()) {
      throw new IllegalArgumentException("is not a JSON object");
    }
    String dialect = document.path("$schema").asString(DIALECT);
    if (!dialect.equals(DIALECT)) {
      throw new IllegalArgumentException("is not of draft 2020-12 but of " + dialect);
    }
    refuseOutsideReferences(document);
    List<Error> faults =
        REGISTRY.getSchema(SchemaLocation.of(DIALECT)).validate(document, InputSchema::limit);
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(
          "is not a JSON Schema: at \"%s\" it %s"
              .formatted(
                  faults.getFirst().getInstanceLocation(), SchemaFault.words(faults.getFirst())));
    }
    try {
      Schema schema = REGISTRY.getSchema(document);
      schema.initializeValidators();
      return new InputSchema(document, schema);
    } catch (InvalidSchemaRefException _) {
      throw new IllegalArgumentException("holds a reference that leads nowhere");
    } catch (SchemaException _) {
      throw new IllegalArgumentException("holds a keyword that cannot be made sense of");
    }
  }

  private static void refuseOutsideReferences(JsonNode node) {
    for (Map.Entry<String, JsonNode> property : node.properties()) {
      JsonNode value = property.getValue();
      if (property.getKey().matches("\\$(ref|dynamicRef)")
          && value.isString()
          && !value.asString().startsWith("#")) {
        throw new IllegalArgumentException("refers to " + value.asString() + ", outside of itself");
      }
    }
    node.valueStream().filter(JsonNode::isContainer).forEach(InputSchema::refuseOutsideReferences);
  }

  private static void limit(com.networknt.schema.ExecutionContext context) {
    context.setExecutionConfig(LIMITS);
  }

  JsonNode document() {
    return document;
  }

  /** Adds what is wrong with a value, with pointers below {@code pointer}. */
  void check(JsonNode value, String pointer, Violations violations) {
    try {
      for (Error fault : schema.validate(value, InputSchema::limit)) {
        violations.add(pointer + SchemaFault.pointer(fault), SchemaFault.words(fault));
      }
    } catch (ValidationLimitExceededException _) {
      violations.add(pointer, "is too large or too deep to be checked against the schema");
    }
  }

  /** Gives absent properties the defaults that the schema names, in place. */
  void fill(JsonNode value) {
    fill(document, value);
  }

  private static void fill(JsonNode schema, JsonNode value) {
    if (!(value instanceof ObjectNode object)) {
      return;
    }
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      JsonNode standard = property.getValue().path("default");
      if (!object.has(property.getKey()) && !standard.isMissingNode()) {
        object.set(property.getKey(), standard.deepCopy());
      }
      if (object.has(property.getKey())) {
        fill(property.getValue(), object.path(property.getKey()));
      }
    }
  }
}
