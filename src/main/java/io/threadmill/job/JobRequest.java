package io.threadmill.job;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a client asks for, before it is checked; absent members are null and take their defaults.
 *
 * @param backoff the first pause of the exponential back-off
 */
public record JobRequest(
    String type,
    JsonNode params,
    @Nullable Integer priority,
    @Nullable Duration delay,
    @Nullable Instant runAt,
    @Nullable Duration timeout,
    @Nullable Integer attempts,
    @Nullable Duration backoff,
    @Nullable String key,
    List<String> tags,
    JobOptions options) {

  /** A request with defaults for all but type and params. */
  public static JobRequest of(String type, JsonNode params) {
    return new JobRequest(
        type, params, null, null, null, null, null, null, null, List.of(), JobOptions.DEFAULT);
  }
}
