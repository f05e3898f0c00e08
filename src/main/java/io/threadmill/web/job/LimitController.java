package io.threadmill.web.job;

import io.threadmill.job.JobLimits;
import io.threadmill.job.KeyLimits;
import io.threadmill.job.Limiter.Numbers;
import io.threadmill.job.Rate;
import io.threadmill.job.Violations;
import io.threadmill.web.Problem;
import io.threadmill.web.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The limit of a key: set, look, take away. */
@RestController
final class LimitController {

  private static final int MOST_BODY_BYTES = 4096;
  private static final Set<String> FIELDS = Set.of("concurrency", "rate");

  private final KeyLimits limits;
  private final JsonMapper mapper;

  LimitController(KeyLimits limits, JsonMapper mapper) {
    this.limits = limits;
    this.mapper = mapper;
  }

  @PutMapping(path = "/v1/limits/{key}", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> set(@PathVariable String key, HttpServletRequest request)
      throws IOException {
    Query.of(request, Set.of());
    if (!KeyLimits.isKey(key)) {
      throw ProblemException.badRequest(
          "A key has 1 to %d characters without control characters."
              .formatted(JobLimits.MAX_KEY_CHARS));
    }
    Numbers numbers = read(JsonBody.read(request, MOST_BODY_BYTES, mapper));
    boolean isNew = limits.set(key, numbers);
    return answer(isNew ? HttpStatus.CREATED : HttpStatus.OK, numbers);
  }

  @GetMapping("/v1/limits/{key}")
  ResponseEntity<byte[]> look(@PathVariable String key, HttpServletRequest request) {
    Query.of(request, Set.of());
    return answer(HttpStatus.OK, limits.find(key).orElseThrow(LimitController::notFound));
  }

  @DeleteMapping("/v1/limits/{key}")
  ResponseEntity<Void> remove(@PathVariable String key, HttpServletRequest request) {
    Query.of(request, Set.of());
    if (!limits.remove(key)) {
      throw notFound();
    }
    return ResponseEntity.noContent().build();
  }

  private static ProblemException notFound() {
    return new ProblemException(Problem.LIMIT_NOT_FOUND, "No limit is set for this key.");
  }

  private static Numbers read(JsonNode body) {
    for (String name : body.propertyNames()) {
      if (!FIELDS.contains(name)) {
        throw JsonBody.malformed(
            "/" + Violations.escape(name),
            "The field is not known; known are concurrency and rate.");
      }
    }
    var violations = new Violations("");
    var numbers = new Numbers(concurrency(body, violations), rate(body, violations));
    if (violations.isEmpty() && numbers.concurrency() == null && numbers.rate() == null) {
      violations.add("", "must have concurrency, rate or both");
    }
    if (!violations.isEmpty()) {
      throw new ProblemException(
          Problem.INVALID_LIMIT,
          "The limit was not set. See errors for each field.",
          violations.list());
    }
    return numbers;
  }

  private static @Nullable Integer concurrency(JsonNode body, Violations violations) {
    JsonNode node = body.path("concurrency");
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    if (!node.isIntegralNumber()) {
      throw JsonBody.malformed("/concurrency", "The field concurrency must be a whole number.");
    }
    if (!node.canConvertToInt() || node.asInt() < 1 || node.asInt() > JobLimits.MAX_CONCURRENCY) {
      violations.add("/concurrency", "must be from 1 to " + JobLimits.MAX_CONCURRENCY);
      return null;
    }
    return node.asInt();
  }

  private static @Nullable Rate rate(JsonNode body, Violations violations) {
    JsonNode node = body.path("rate");
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    if (!node.isString()) {
      throw JsonBody.malformed("/rate", "The field rate must be a string such as \"10/s\".");
    }
    Rate rate = Rate.parse(node.asString()).orElse(null);
    if (rate == null) {
      violations.add("/rate", Rate.EXPECTED);
    }
    return rate;
  }

  private ResponseEntity<byte[]> answer(HttpStatus status, Numbers numbers) {
    ObjectNode body = mapper.createObjectNode();
    body.put("concurrency", numbers.concurrency());
    body.put("rate", numbers.rate() == null ? null : numbers.rate().toString());
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_JSON)
        .body(mapper.writeValueAsBytes(body));
  }
}
