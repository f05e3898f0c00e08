package io.threadmill.web.job;

import io.threadmill.job.JobRepository.Idempotency;
import io.threadmill.web.ProblemException;
import io.threadmill.web.access.Caller;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The {@code Idempotency-Key} of a call, per access key and route. Thread-safe. */
@Component
public final class IdempotencyKey {

  private static final int MOST_CHARS = 200;

  private final JsonMapper canonical;

  IdempotencyKey(JsonMapper mapper) {
    this.canonical =
        mapper.rebuild().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();
  }

  /**
   * What the call's key stands for, null without one. Equal bodies have equal fingerprints,
   * whatever the order of their fields.
   *
   * @throws ProblemException when the key does not have the form of one
   */
  public @Nullable Idempotency of(HttpServletRequest request, String route, JsonNode body) {
    String key = text(request);
    return key == null
        ? null
        : new Idempotency(
            Caller.of(request).name() + " " + route,
            key,
            EntityTag.hex(canonical.writeValueAsBytes(canonical.treeToValue(body, Object.class))));
  }

  private static @Nullable String text(HttpServletRequest request) {
    String key = request.getHeader("Idempotency-Key");
    if (key == null) {
      return null;
    }
    String bare = key.strip();
    if (bare.length() >= 2 && bare.startsWith("\"") && bare.endsWith("\"")) {
      bare = bare.substring(1, bare.length() - 1);
    }
    if (bare.isEmpty()
        || bare.length() > MOST_CHARS
        || !bare.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '"')) {
      throw ProblemException.badRequest(
          "The Idempotency-Key must be 1 to %d visible ASCII characters.".formatted(MOST_CHARS));
    }
    return bare;
  }
}
