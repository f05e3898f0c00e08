package io.threadmill.web.openapi;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Values against schemas of the document. The document leaves answers room to grow; here a member
 * that it does not name is a fault. Thread-safe.
 */
final class Schemas {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          Dialects.getDraft202012(),
          builder ->
              builder.schemaRegistryConfig(
                  SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

  private static final String CLOSED = "unevaluatedProperties";
  private static final JsonNode OURS = JsonNodeFactory.instance.booleanNode(false);

  /** Behind the name of a schema: the same, for others to build on. */
  private static final String OPEN = "-open";

  private final JsonNode components;
  private final Map<String, Schema> compiled = new ConcurrentHashMap<>();

  Schemas(JsonNode document) {
    ObjectNode strict = JsonNodeFactory.instance.objectNode();
    ObjectNode all = strict.putObject("schemas");
    document
        .at("/components/schemas")
        .properties()
        .forEach(schema -> {
          JsonNode closed = schema.getValue().deepCopy();
          close(closed);
          all.set(schema.getKey(), closed);
          JsonNode open = closed.deepCopy();
          if (OURS.equals(open.path(CLOSED))) {
            ((ObjectNode) open).remove(CLOSED);
          }
          all.set(schema.getKey() + OPEN, open);
        });
    components = strict;
  }

  /**
   * Closes each object whose members are listed and that does not say that it is open. What another
   * schema builds on stays open there, and is closed with it.
   */
  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.path("type").asString("").equals("object")
        && (object.has("properties") || object.has("allOf"))
        && !object.has("additionalProperties")
        && !object.has(CLOSED)) {
      object.set(CLOSED, OURS);
    }
    for (JsonNode base : node.path("allOf")) {
      if (base.has("$ref")) {
        ((ObjectNode) base).put("$ref", base.path("$ref").asString() + OPEN);
      }
    }
    node.forEach(Schemas::close);
  }

  /** What is wrong with the value, each fault a line; empty where nothing is. */
  List<String> faults(JsonNode schema, JsonNode value) {
    return compiled
        .computeIfAbsent(schema.toString(), _ -> compile(schema))
        .validate(value)
        .stream()
        .map(fault -> fault.getInstanceLocation() + " " + fault.getMessage())
        .toList();
  }

  /** The same for text, such as a header or a query parameter, read as the schema has it. */
  List<String> textFaults(JsonNode schema, String text) {
    boolean number = schema.path("type").asString("").matches("integer|number|boolean");
    JsonNode value =
        number && text.matches("-?\\d{1,18}|true|false")
            ? JSON.readTree(text)
            : JsonNodeFactory.instance.stringNode(text);
    return faults(schema, value);
  }

  private Schema compile(JsonNode schema) {
    ObjectNode copy = (ObjectNode) schema.deepCopy();
    close(copy);
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.putArray("allOf").add(copy);
    root.set("components", components);
    Schema made = REGISTRY.getSchema(root.toString(), InputFormat.JSON);
    made.initializeValidators();
    return made;
  }
}
