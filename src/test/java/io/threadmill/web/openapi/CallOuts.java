package io.threadmill.web.openapi;

import io.threadmill.web.openapi.Operations.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Holds what the service sends to receivers against the document: the method, the headers and the
 * body. It remembers what it has seen, for {@link ContractCoverageIT}. Thread-safe.
 */
public final class CallOuts {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** What any request may carry. */
  private static final Set<String> GENERAL_HEADERS =
      Set.of(
          "accept-encoding", "connection", "content-length", "content-type", "host", "user-agent");

  private static final JsonNode DOCUMENT = Operations.assembled();
  private static final Operations OPERATIONS = new Operations(DOCUMENT);
  private static final Schemas SCHEMAS = new Schemas(DOCUMENT);

  private static final Set<String> SEEN = new ConcurrentSkipListSet<>();

  private CallOuts() {}

  /**
   * What of a request to a receiver is not as the document says; empty where nothing is.
   *
   * @param headers by their names in lower case
   */
  public static List<String> faults(String method, Map<String, String> headers, String body) {
    JsonNode event;
    try {
      event = JSON.readTree(body);
    } catch (JacksonException fault) {
      return List.of("the body is not JSON: " + fault.getOriginalMessage());
    }
    String type = event.path("type").asString("");
    for (Operation callOut : OPERATIONS.callOuts()) {
      if (types(callOut).anyMatch(type::equals)) {
        List<String> faults = faults(callOut, method, headers, event);
        if (faults.isEmpty()) {
          SEEN.add(type);
        }
        return faults;
      }
    }
    return List.of("no webhook of the document tells " + type);
  }

  private static List<String> faults(
      Operation callOut, String method, Map<String, String> headers, JsonNode event) {
    List<String> faults = new ArrayList<>();
    if (!method.equals(callOut.method())) {
      faults.add("the method is " + method);
    }
    Set<String> known = new TreeSet<>(GENERAL_HEADERS);
    for (JsonNode parameter : OPERATIONS.parameters(callOut)) {
      String name = parameter.path("name").asString();
      String value = headers.get(name);
      known.add(name);
      if (value != null) {
        SCHEMAS
            .textFaults(OPERATIONS.resolved(parameter.path("schema")), value)
            .forEach(fault -> faults.add("the header " + name + ": " + fault));
      } else if (parameter.path("required").asBoolean(false)) {
        faults.add("the header " + name + " is missing");
      }
    }
    headers.keySet().stream()
        .filter(name -> !known.contains(name))
        .forEach(name -> faults.add("the header " + name + " is not documented"));
    JsonNode bodies = callOut.node().at("/requestBody/content");
    String mediaType = headers.getOrDefault("content-type", "none");
    if (bodies.has(mediaType)) {
      SCHEMAS
          .faults(bodies.path(mediaType).path("schema"), event)
          .forEach(fault -> faults.add("the body: " + fault));
    } else {
      faults.add("the media type " + mediaType + " is not documented");
    }
    return faults;
  }

  private static Stream<String> types(Operation callOut) {
    JsonNode schema =
        OPERATIONS.resolved(
            callOut
                .node()
                .at("/requestBody/content")
                .path("application/cloudevents+json")
                .path("schema"));
    return schema.at("/properties/type/enum").valueStream().map(JsonNode::asString);
  }

  /** The types of all events the document has. */
  static Set<String> documented() {
    Set<String> types = new TreeSet<>();
    OPERATIONS.callOuts().forEach(callOut -> types(callOut).forEach(types::add));
    return types;
  }

  /** The types of the events that were sent as they should be. */
  static Set<String> seen() {
    return Set.copyOf(SEEN);
  }
}
