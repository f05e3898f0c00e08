package io.threadmill.web.openapi;

import io.threadmill.web.openapi.Operations.Operation;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Holds calls and their answers against the OpenAPI document: the path and the method are known,
 * the status, the media type and the headers are listed, the body is valid, and a call that
 * succeeds was a valid one. It remembers what it has seen, for {@link ContractCoverageIT}.
 * Thread-safe.
 */
public final class Contract {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String PROBLEM_JSON = "application/problem+json";

  /** What any answer may carry: HTTP's own, and what keeps browsers in check. */
  private static final Set<String> GENERAL_HEADERS =
      Set.of(
          "connection",
          // Spring's, where a path ends like a file's name: a browser shall not save it as one.
          "content-disposition",
          "content-length",
          "content-type",
          "date",
          "keep-alive",
          "referrer-policy",
          "transfer-encoding",
          "vary",
          "x-content-type-options",
          "x-frame-options",
          // Keeps one proxy from holding back events; no client reads it.
          "x-accel-buffering");

  /** Lines of a stream that are compared: a batch may have very many. */
  private static final int LINES = 100;

  private static final JsonNode DOCUMENT = Operations.assembled();
  private static final Operations OPERATIONS = new Operations(DOCUMENT);
  private static final Schemas SCHEMAS = new Schemas(DOCUMENT);

  private static final Set<String> SEEN = new ConcurrentSkipListSet<>();

  private final Exchange exchange;
  private final List<String> faults = new ArrayList<>();

  private Contract(Exchange exchange) {
    this.exchange = exchange;
  }

  /** A client for tests that fails them where an answer is not as the document says. */
  public static HttpClient client() {
    return new CheckedHttpClient();
  }

  /** Holds both sides of a socket, as text, against the document. */
  public static void check(String request, String answer) {
    check(Exchange.ofText(request, answer));
  }

  static void check(Exchange exchange) {
    var check = new Contract(exchange);
    check.compare();
    if (!check.faults.isEmpty()) {
      throw new AssertionError(
          "not as the OpenAPI document says: %s%nin %s"
              .formatted(String.join("; ", check.faults), exchange));
    }
  }

  /** {@code METHOD template status}, and the problem's slug behind it where there was one. */
  static Set<String> seen() {
    return Set.copyOf(SEEN);
  }

  static String entry(Operation operation, int status, String slug) {
    return (operation + " " + status + " " + slug).strip();
  }

  private void compare() {
    if (LeftOut.of(exchange).isPresent()) {
      return;
    }
    Optional<Operation> found = OPERATIONS.find(exchange.method(), exchange.path());
    if (found.isPresent()) {
      compare(found.get());
      return;
    }
    expect(exchange.status() >= 400, "nothing is documented here, yet it is no error");
    problem(JSON.createObjectNode().put("$ref", "#/components/schemas/Problem"));
    Set<String> methods = OPERATIONS.methods(exchange.path());
    if (exchange.status() == 405 && !methods.isEmpty()) {
      allow(methods);
    }
  }

  private void allow(Set<String> methods) {
    Set<String> allowed =
        Arrays.stream(exchange.headers().firstValue("Allow").orElse("").split(", *", -1))
            .filter(method -> !method.equals("HEAD") && !method.equals("OPTIONS"))
            .collect(Collectors.toCollection(TreeSet::new));
    expect(allowed.equals(methods), "Allow is " + allowed + ", documented are " + methods);
  }

  private void compare(Operation operation) {
    JsonNode answer = operation.answer(exchange.status());
    if (answer.isMissingNode()) {
      expect(false, operation + " has no answer " + exchange.status());
      return;
    }
    compareHeaders(answer);
    compareBody(answer.path("content"));
    if (exchange.status() < 300) {
      compareCall(operation);
    }
    SEEN.add(entry(operation, exchange.status(), slug()));
  }

  private void compareHeaders(JsonNode answer) {
    Map<String, JsonNode> documented = OPERATIONS.headers(answer);
    documented.forEach((name, header) -> {
      Optional<String> value = exchange.headers().firstValue(name);
      expect(
          value.isPresent() || !header.path("required").asBoolean(false),
          "the header " + name + " is missing");
      value.ifPresent(
          text -> fault("the header " + name, SCHEMAS.textFaults(header.path("schema"), text)));
    });
    Set<String> known =
        Stream.concat(documented.keySet().stream(), GENERAL_HEADERS.stream())
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    exchange.headers().map().keySet().stream()
        .filter(name -> !known.contains(name.toLowerCase(Locale.ROOT)))
        .forEach(name -> expect(false, "the header " + name + " is not documented"));
  }

  private void compareBody(JsonNode content) {
    if (exchange.method().equals("HEAD")) {
      return;
    }
    if (content.isMissingNode()) {
      expect(exchange.text().isEmpty(), "there is a body where none is documented");
      return;
    }
    String type = exchange.mediaType().orElse("none");
    JsonNode body = content.has(type) ? content.path(type) : content.path("*/*");
    if (body.isMissingNode()) {
      expect(false, "the media type " + type + " is not documented");
    } else if (type.equals(PROBLEM_JSON)) {
      problem(body.path("schema"));
    } else if (exchange.body() == null) {
      return; // streamed past: only the head is seen
    } else if (body.has("x-events")) {
      events(body.path("x-events"));
    } else if (body.has("x-line")) {
      lines(body.path("x-line"));
    } else if (type.endsWith("json")) {
      valid(body.path("schema"), exchange.body());
    }
  }

  private void problem(JsonNode schema) {
    if (exchange.method().equals("HEAD") || exchange.body() == null) {
      return;
    }
    String type = exchange.mediaType().orElse("none");
    expect(type.equals(PROBLEM_JSON), "the media type of an error is " + type);
    if (valid(schema, exchange.body())) {
      int status = JSON.readTree(exchange.body()).path("status").asInt();
      expect(status == exchange.status(), "the problem's status is " + status);
    }
  }

  private boolean valid(JsonNode schema, byte[] body) {
    try {
      List<String> wrong = SCHEMAS.faults(schema, JSON.readTree(body));
      fault("the body", wrong);
      return wrong.isEmpty();
    } catch (JacksonException fault) {
      return expect(false, "the body is not JSON: " + fault.getOriginalMessage());
    }
  }

  /** Server-sent events as this service writes them: three lines each, comments between. */
  private void events(JsonNode schemas) {
    for (String event : exchange.text().split("\n\n", -1)) {
      String data = field(event, "data");
      String name = field(event, "event");
      if (!data.isEmpty()
          && expect(schemas.has(name), "the event " + name + " is not documented")) {
        fault("an event's data", SCHEMAS.faults(schemas.path(name), JSON.readTree(data)));
      }
    }
  }

  private static String field(String event, String name) {
    return event
        .lines()
        .filter(line -> line.startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2))
        .findFirst()
        .orElse("");
  }

  /** NDJSON; of a long stream the first lines and the last stand for all. */
  private void lines(JsonNode schema) {
    List<String> lines = exchange.text().lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (i < LINES || i == lines.size() - 1) {
        valid(schema, lines.get(i).getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /** A call that succeeded must be one that the document allows. */
  private void compareCall(Operation operation) {
    List<JsonNode> parameters = OPERATIONS.parameters(operation);
    Map<String, String> query = query();
    Set<String> known = new TreeSet<>();
    for (JsonNode parameter : parameters) {
      String name = parameter.path("name").asString();
      Optional<String> value =
          switch (parameter.path("in").asString()) {
            case "query" -> {
              known.add(name);
              yield Optional.ofNullable(query.get(name));
            }
            case "header" -> exchange.sent().firstValue(name);
            default -> Optional.empty();
          };
      value.ifPresent(
          text -> fault("the call's " + name, SCHEMAS.textFaults(parameter.path("schema"), text)));
    }
    query.keySet().stream()
        .filter(name -> !known.contains(name))
        .forEach(name -> expect(false, "the query parameter " + name + " is not documented"));
    JsonNode bodies = operation.node().at("/requestBody/content");
    String type = exchange.sent().firstValue("Content-Type").orElse("application/json");
    if (!bodies.isMissingNode()
        && expect(bodies.has(type), "the call's media type " + type + " is not documented")
        && type.endsWith("/json")) {
      JsonNode schema = bodies.path(type).path("schema");
      fault("the call's body", SCHEMAS.faults(schema, JSON.readTree(exchange.sentBody().get())));
    }
  }

  private Map<String, String> query() {
    return Arrays.stream(exchange.query().split("&"))
        .filter(pair -> !pair.isEmpty())
        .map(pair -> URLDecoder.decode(pair, StandardCharsets.UTF_8).split("=", 2))
        .collect(
            Collectors.toMap(
                pair -> pair[0], pair -> pair.length == 2 ? pair[1] : "", (one, _) -> one));
  }

  private String slug() {
    return exchange.mediaType().orElse("").equals(PROBLEM_JSON) && !exchange.text().isEmpty()
        ? JSON.readTree(exchange.body()).path("type").asString("").replace("/problems/", "")
        : "";
  }

  private void fault(String where, List<String> wrong) {
    wrong.forEach(one -> faults.add(where + ": " + one));
  }

  private boolean expect(boolean holds, String otherwise) {
    if (!holds) {
      faults.add(otherwise);
    }
    return holds;
  }
}
