package io.threadmill.job;

import io.threadmill.job.Violations.Violation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The job types there are, by name, and the way from a request to a checked {@link JobSpec}. Two
 * handlers of one name stop the start. Thread-safe.
 */
@Component
public final class JobTypes {

  private final Map<String, JobHandler<?>> handlers = new TreeMap<>();
  private final JsonMapper mapper;
  private final WebhookRules webhooks;

  JobTypes(List<JobHandler<?>> found, JsonMapper mapper, WebhookRules webhooks) {
    this.mapper = mapper;
    this.webhooks = webhooks;
    for (JobHandler<?> handler : found) {
      JobHandler<?> other = handlers.putIfAbsent(handler.type(), handler);
      if (other != null) {
        throw new IllegalStateException(
            "two handlers for the job type \"%s\": %s and %s"
                .formatted(
                    handler.type(), other.getClass().getName(), handler.getClass().getName()));
      }
    }
  }

  public Set<String> names() {
    return new TreeSet<>(handlers.keySet());
  }

  public Optional<JobHandler<?>> find(String type) {
    return Optional.ofNullable(handlers.get(type));
  }

  /** The handler of a type that clients may submit. */
  private @Nullable JobHandler<?> submitted(String type) {
    JobHandler<?> handler = handlers.get(type);
    return handler == null || handler.internal() ? null : handler;
  }

  private @Nullable JobHandler<?> submitted(String type, Violations violations) {
    JobHandler<?> handler = submitted(type);
    if (handler == null) {
      Violation unknown = unknownType(type);
      violations.add(unknown.pointer(), unknown.detail());
    }
    return handler;
  }

  private JobHandler<?> handler(String type) {
    JobHandler<?> handler = handlers.get(type);
    if (handler == null) {
      throw new InvalidJob(List.of(unknownType(type)));
    }
    return handler;
  }

  /** A handler together with parameters bound to its own type. */
  public record Bound<P>(JobHandler<P> handler, P params) {
    public JobResult run(JobContext context) throws Exception {
      return handler.run(params, context);
    }
  }

  /**
   * Binds stored parameters for a run.
   *
   * @throws InvalidJob when the type or its parameters are no longer known here: a job of another
   *     version
   */
  public Bound<?> bind(String type, String params) {
    JobHandler<?> handler = handler(type);
    return bind(handler, mapper.readTree(params));
  }

  private <P> Bound<P> bind(JobHandler<P> handler, JsonNode params) {
    try {
      return new Bound<>(handler, mapper.treeToValue(params, handler.paramsType()));
    } catch (JacksonException fault) {
      throw new InvalidJob(List.of(BindFault.explain(fault)));
    }
  }

  /**
   * Checks a request and fills in the defaults.
   *
   * @throws InvalidJob naming every fault found
   * @throws PayloadTooLarge when params or tags are over their size
   */
  public JobSpec check(JobRequest request) {
    var violations = new Violations("");
    checkOptions(request, true, violations);
    JobHandler<?> handler = submitted(request.type(), violations);
    if (handler == null) {
      throw new InvalidJob(violations.list());
    }
    String params = text(request.params());
    return place(handler, request, params, violations);
  }

  private String text(JsonNode params) {
    String text = mapper.writeValueAsString(params);
    int size = text.getBytes(StandardCharsets.UTF_8).length;
    if (size > JobLimits.MAX_PARAMS_BYTES) {
      throw new PayloadTooLarge(
          "/params",
          "params are %d bytes; at most %d are accepted"
              .formatted(size, JobLimits.MAX_PARAMS_BYTES));
    }
    return text;
  }

  /**
   * Checks what the rows of a batch have in common; their params are yet to come.
   *
   * @throws InvalidJob naming every fault found
   * @throws PayloadTooLarge when tags are over their size
   */
  public JobSpec frame(JobRequest request) {
    var violations = new Violations("");
    checkOptions(request, true, violations);
    JobHandler<?> handler = submitted(request.type(), violations);
    if (handler == null || !violations.isEmpty()) {
      throw new InvalidJob(violations.list());
    }
    return spec(handler, request, "", "", null);
  }

  /**
   * Checks a row of a batch.
   *
   * @throws InvalidJob naming every fault found, with pointers into the params
   * @throws PayloadTooLarge when the params are over their size
   */
  public JobSpec row(JobSpec frame, JsonNode params) {
    JobHandler<?> handler = handler(frame.type());
    if (!params.isObject()) {
      throw new InvalidJob(List.of(new Violation("", "must be a JSON object")));
    }
    return row(handler, frame, params, text(params));
  }

  private <P> JobSpec row(JobHandler<P> handler, JobSpec frame, JsonNode params, String text) {
    P bound = bind(handler, params).params();
    var violations = new Violations("");
    handler.check(bound, violations);
    if (!violations.isEmpty()) {
      throw new InvalidJob(violations.list());
    }
    return frame.rowOf(text, handler.pool(bound), handler.host(bound));
  }

  /**
   * Checks a request that others complete, such as a template's: what it says must be right, what
   * it lacks may come later.
   *
   * @throws InvalidJob naming every fault found
   */
  public void checkShape(JobRequest request) {
    var violations = new Violations("");
    checkOptions(request, false, violations);
    JobHandler<?> handler = submitted(request.type(), violations);
    if (!request.params().isObject()) {
      violations.add("/params", "must be a JSON object");
    } else if (handler != null) {
      faultsOf(handler, request.params()).stream()
          .filter(fault -> !request.params().at(fault.pointer()).isMissingNode())
          .forEach(fault -> violations.add("/params" + fault.pointer(), fault.detail()));
    }
    if (!violations.isEmpty()) {
      throw new InvalidJob(violations.list());
    }
  }

  private <P> List<Violation> faultsOf(JobHandler<P> handler, JsonNode params) {
    try {
      var violations = new Violations("");
      handler.check(bind(handler, params).params(), violations);
      return violations.list();
    } catch (InvalidJob invalid) {
      return invalid.violations();
    }
  }

  private <P> JobSpec place(
      JobHandler<P> handler, JobRequest request, String params, Violations violations) {
    P bound = null;
    if (!request.params().isObject()) {
      violations.add("/params", "must be a JSON object");
    } else {
      try {
        bound = bind(handler, request.params()).params();
        var inner = new Violations("/params");
        handler.check(bound, inner);
        inner.list().forEach(v -> violations.add(v.pointer(), v.detail()));
      } catch (InvalidJob invalid) {
        invalid.violations().forEach(v -> violations.add("/params" + v.pointer(), v.detail()));
      }
    }
    if (bound == null || !violations.isEmpty()) {
      throw new InvalidJob(violations.list());
    }
    return spec(handler, request, params, handler.pool(bound), handler.host(bound));
  }

  private static JobSpec spec(
      JobHandler<?> handler,
      JobRequest request,
      String params,
      String pool,
      @Nullable String host) {
    return new JobSpec(
        handler.type(),
        params,
        pool,
        host,
        request.key(),
        orElse(request.priority(), JobLimits.DEFAULT_PRIORITY),
        orElse(request.delay(), Duration.ZERO),
        request.runAt(),
        orElse(request.timeout(), handler.defaultTimeout()),
        new RetryPolicy(
            orElse(request.attempts(), JobLimits.DEFAULT_ATTEMPTS),
            orElse(request.backoff(), JobLimits.DEFAULT_BACKOFF)),
        request.tags().stream().distinct().toList(),
        request.options(),
        null);
  }

  private static <T> T orElse(@Nullable T value, T fallback) {
    return value == null ? fallback : value;
  }

  private void checkOptions(JobRequest request, boolean whole, Violations violations) {
    Integer priority = request.priority();
    if (priority != null
        && (priority < JobLimits.MIN_PRIORITY || priority > JobLimits.MAX_PRIORITY)) {
      violations.add("/priority", "must be from 0 to 9, 9 first");
    }
    if (request.delay() != null && request.runAt() != null) {
      violations.add("/runAt", "stands instead of delay: give one of the two");
    }
    checkRange(request.delay(), "/delay", Duration.ZERO, JobLimits.MAX_DELAY, violations);
    checkRange(
        request.timeout(), "/timeout", JobLimits.MIN_TIMEOUT, JobLimits.MAX_TIMEOUT, violations);
    checkRange(
        request.backoff(),
        "/retry/backoff",
        Duration.ofMillis(1),
        JobLimits.MAX_BACKOFF,
        violations);
    checkRange(
        request.options().cache().maxAge(),
        "/cache/maxAge",
        Duration.ZERO,
        JobLimits.MAX_CACHE_AGE,
        violations);
    Integer attempts = request.attempts();
    if (attempts != null && (attempts < 1 || attempts > JobLimits.MAX_ATTEMPTS)) {
      violations.add("/retry/attempts", "must be from 1 to " + JobLimits.MAX_ATTEMPTS);
    }
    checkKey(request.key(), violations);
    checkTags(request.tags(), violations);
    Webhook webhook = request.options().webhook();
    if (webhook != null) {
      webhooks.check(webhook, whole, violations);
    }
  }

  private static void checkRange(
      @Nullable Duration value,
      String pointer,
      Duration least,
      Duration most,
      Violations violations) {
    if (value != null && (value.compareTo(least) < 0 || value.compareTo(most) > 0)) {
      violations.add(
          pointer,
          "must be from %s to %s".formatted(DurationText.format(least), DurationText.format(most)));
    }
  }

  /** Whether jobs can have this key. */
  static boolean isKey(String key) {
    return !key.isBlank() && key.length() <= JobLimits.MAX_KEY_CHARS && !hasControls(key);
  }

  private static void checkKey(@Nullable String key, Violations violations) {
    if (key == null) {
      return;
    }
    if (!isKey(key)) {
      violations.add(
          "/key",
          "must be 1 to %d characters without control characters"
              .formatted(JobLimits.MAX_KEY_CHARS));
    }
  }

  private static void checkTags(List<String> tags, Violations violations) {
    if (tags.size() > JobLimits.MAX_TAGS) {
      throw new PayloadTooLarge(
          "/tags", "%d tags; at most %d are accepted".formatted(tags.size(), JobLimits.MAX_TAGS));
    }
    for (int i = 0; i < tags.size(); i++) {
      String tag = tags.get(i);
      if (tag == null || tag.isBlank() || hasControls(tag)) {
        violations.add("/tags/" + i, "must be a text without control characters");
      } else if (tag.length() > JobLimits.MAX_TAG_CHARS) {
        throw new PayloadTooLarge(
            "/tags/" + i,
            "a tag of %d characters; at most %d are accepted"
                .formatted(tag.length(), JobLimits.MAX_TAG_CHARS));
      }
    }
  }

  private static boolean hasControls(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }

  private Violation unknownType(String type) {
    return new Violation(
        "/type",
        "no job type \"%s\" here; there is %s"
            .formatted(
                type.length() > 64 ? type.substring(0, 64) + "…" : type,
                handlers.keySet().stream()
                    .filter(name -> submitted(name) != null)
                    .collect(Collectors.joining(", "))));
  }
}
