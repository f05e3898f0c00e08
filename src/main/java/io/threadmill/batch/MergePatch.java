package io.threadmill.batch;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON Merge Patch (RFC 7396): objects are merged member by member, null removes, everything else
 * replaces; so arrays are not merged. How deep it goes is bounded by the reader of the bodies.
 */
public final class MergePatch {

  private MergePatch() {}

  /** What {@code patch} makes of {@code target}; neither is changed (RFC 7396, section 2). */
  public static JsonNode apply(JsonNode target, JsonNode patch) {
    if (!patch.isObject()) {
      return patch;
    }
    ObjectNode merged = JsonNodeFactory.instance.objectNode();
    if (target instanceof ObjectNode fields) {
      merged.setAll(fields);
    }
    for (var member : patch.properties()) {
      if (member.getValue().isNull()) {
        merged.remove(member.getKey());
      } else {
        merged.set(member.getKey(), apply(merged.path(member.getKey()), member.getValue()));
      }
    }
    return merged;
  }
}
