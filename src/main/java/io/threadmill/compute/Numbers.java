package io.threadmill.compute;

import io.threadmill.job.Violations;
import java.math.BigDecimal;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings the numbers of an input into one form. JSON Schema takes {@code 1.0} and {@code 1e2} for
 * whole numbers; a mapper does not.
 */
final class Numbers {

  private Numbers() {}

  /** A copy with whole numbers as such; a number beyond the range of a double is a violation. */
  static JsonNode normalise(JsonNode node, String pointer, Violations violations) {
    return switch (node) {
      case ObjectNode object -> {
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        for (var property : object.properties()) {
          String inner = pointer + "/" + Violations.escape(property.getKey());
          copy.set(property.getKey(), normalise(property.getValue(), inner, violations));
        }
        yield copy;
      }
      case ArrayNode array -> {
        ArrayNode copy = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < array.size(); i++) {
          copy.add(normalise(array.get(i), pointer + "/" + i, violations));
        }
        yield copy;
      }
      default -> node.isNumber() ? number(node, pointer, violations) : node;
    };
  }

  private static JsonNode number(JsonNode node, String pointer, Violations violations) {
    if (!Double.isFinite(node.doubleValue(Double.NaN))) {
      violations.add(pointer, "is a number too large to compute with");
      return JsonNodeFactory.instance.numberNode(0);
    }
    if (node.isIntegralNumber()) {
      return node;
    }
    BigDecimal value = node.decimalValue();
    boolean whole = value.signum() == 0 || value.stripTrailingZeros().scale() <= 0;
    if (whole && value.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
      return JsonNodeFactory.instance.numberNode(value.longValueExact());
    }
    return node;
  }
}
