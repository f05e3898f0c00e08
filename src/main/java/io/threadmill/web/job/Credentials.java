package io.threadmill.web.job;

import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Credentials are kept for the run and not read back. */
public final class Credentials {

  private static final Set<String> SECRET_HEADERS =
      Set.of("authorization", "cookie", "proxy-authorization");
  private static final String MASK = "***";

  private Credentials() {}

  /** A template's body, or that of a job: what its params and its webhook keep secret. */
  public static ObjectNode maskedBody(ObjectNode body) {
    if (body.path("webhook") instanceof ObjectNode webhook && webhook.hasNonNull("secret")) {
      webhook.put("secret", MASK);
    }
    masked(body);
    return body;
  }

  /** The same node, with the values of credentials replaced in it. */
  public static JsonNode masked(JsonNode node) {
    if (node instanceof ObjectNode object) {
      if (isSecret(object.path("name")) && object.has("value")) {
        object.put("value", MASK);
      }
      for (String name : object.propertyNames().toArray(String[]::new)) {
        if (SECRET_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
          object.put(name, MASK);
        } else {
          masked(object.path(name));
        }
      }
    } else if (node instanceof ArrayNode array) {
      if (array.size() == 2 && isSecret(array.path(0))) {
        array.set(1, MASK);
      }
      array.forEach(Credentials::masked);
    }
    return node;
  }

  private static boolean isSecret(JsonNode name) {
    return name.isString() && SECRET_HEADERS.contains(name.asString().toLowerCase(Locale.ROOT));
  }
}
