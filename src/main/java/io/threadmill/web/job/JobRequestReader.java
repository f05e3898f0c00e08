package io.threadmill.web.job;

import io.threadmill.job.CacheOptions;
import io.threadmill.job.DurationText;
import io.threadmill.job.InvalidJob;
import io.threadmill.job.JobOptions;
import io.threadmill.job.JobRequest;
import io.threadmill.job.Violations;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * From a body that needs no template, or has been merged with it, to a request. A field that is not
 * known or of the wrong JSON type is malformed (400); a value that cannot be meant is invalid
 * (422), all of them at once.
 */
final class JobRequestReader {

  private static final Set<String> FIELDS =
      new TreeSet<>(
          Set.of(
              "type",
              "params",
              "priority",
              "delay",
              "runAt",
              "timeout",
              "retry",
              "cache",
              "key",
              "tags",
              "webhook"));

  private final JsonNode body;
  private final @Nullable String caller;
  private final @Nullable String template;
  private final Violations violations = new Violations("");

  private JobRequestReader(JsonNode body, @Nullable String caller, @Nullable String template) {
    this.body = body;
    this.caller = caller;
    this.template = template;
  }

  /**
   * @param caller the name of the access key the request came with
   * @param template the name of the template that the body was merged with
   * @throws io.threadmill.web.ProblemException when a field is unknown or has the wrong type
   * @throws InvalidJob when a value cannot be meant
   */
  static JobRequest read(JsonNode body, @Nullable String caller, @Nullable String template) {
    return new JobRequestReader(body, caller, template).read();
  }

  /**
   * @throws io.threadmill.web.ProblemException when a field is neither known nor among {@code more}
   */
  static void refuseUnknown(JsonNode body, Set<String> more) {
    for (String name : body.propertyNames()) {
      if (!FIELDS.contains(name) && !more.contains(name)) {
        var known = new TreeSet<>(FIELDS);
        known.addAll(more);
        throw JsonBody.malformed(
            "/" + Violations.escape(name),
            "The field \"%s\" is not known; known are %s."
                .formatted(shortened(name), String.join(", ", known)));
      }
    }
  }

  private JobRequest read() {
    refuseUnknown(body, Set.of());
    String type = text("type");
    JsonNode params = body.path("params");
    if (type == null) {
      violations.add("/type", "is missing: say which type of job it is");
    }
    if (params.isMissingNode() || params.isNull()) {
      violations.add("/params", "is missing: give the job's parameters as an object");
    }
    JsonNode retry = object("retry", Set.of("attempts", "backoff"));
    JsonNode cache = object("cache", Set.of("maxAge", "store"));
    var request =
        new JobRequest(
            type == null ? "" : type,
            params,
            integer(body, "priority", "/priority"),
            duration(body, "delay", "/delay"),
            runAt(),
            duration(body, "timeout", "/timeout"),
            integer(retry, "attempts", "/retry/attempts"),
            duration(retry, "backoff", "/retry/backoff"),
            text("key"),
            tags(),
            new JobOptions(
                new CacheOptions(duration(cache, "maxAge", "/cache/maxAge"), store(cache)),
                caller,
                template,
                WebhookReader.read(object("webhook", WebhookReader.FIELDS), violations)));
    if (!violations.isEmpty()) {
      throw new InvalidJob(violations.list());
    }
    return request;
  }

  private static String shortened(String text) {
    return text.length() > 64 ? text.substring(0, 64) + "…" : text;
  }

  private @Nullable String text(String name) {
    JsonNode node = body.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    if (!node.isString()) {
      throw wrongType("/" + name, "a string");
    }
    return node.asString();
  }

  static RuntimeException wrongType(String pointer, String expected) {
    return JsonBody.malformed(
        pointer, "The field \"%s\" must be %s.".formatted(pointer.substring(1), expected));
  }

  private static @Nullable Integer integer(JsonNode in, String name, String pointer) {
    JsonNode node = in.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    if (!node.isIntegralNumber()) {
      throw wrongType(pointer, "a whole number");
    }
    return node.canConvertToInt() ? node.asInt() : Integer.valueOf(Integer.MAX_VALUE);
  }

  private @Nullable Duration duration(JsonNode in, String name, String pointer) {
    JsonNode node = in.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    if (!node.isString()) {
      throw wrongType(pointer, "a string with a duration such as \"30s\"");
    }
    Duration parsed = DurationText.parse(node.asString()).orElse(null);
    if (parsed == null) {
      violations.add(pointer, DurationText.EXPECTED);
    }
    return parsed;
  }

  private static boolean store(JsonNode cache) {
    JsonNode node = cache.path("store");
    if (node.isMissingNode() || node.isNull()) {
      return true;
    }
    if (!node.isBoolean()) {
      throw wrongType("/cache/store", "true or false");
    }
    return node.asBoolean();
  }

  private @Nullable Instant runAt() {
    String text = text("runAt");
    if (text == null) {
      return null;
    }
    try {
      Instant at = Instant.parse(text);
      if (at.isBefore(Instant.EPOCH) || at.isAfter(Instant.parse("2200-01-01T00:00:00Z"))) {
        violations.add("/runAt", "must be an instant between 1970 and 2200");
        return null;
      }
      return at;
    } catch (DateTimeParseException _) {
      violations.add("/runAt", "must be an ISO-8601 instant such as \"2030-01-31T12:00:00Z\"");
      return null;
    }
  }

  private JsonNode object(String name, Set<String> known) {
    JsonNode node = body.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return node;
    }
    if (!node.isObject()) {
      throw wrongType("/" + name, "an object");
    }
    for (String inner : node.propertyNames()) {
      if (!known.contains(inner)) {
        throw JsonBody.malformed(
            "/" + name + "/" + Violations.escape(inner),
            "The field \"%s\" of %s is not known; known are %s."
                .formatted(shortened(inner), name, String.join(", ", new TreeSet<>(known))));
      }
    }
    return node;
  }

  private List<String> tags() {
    JsonNode node = body.path("tags");
    if (node.isMissingNode() || node.isNull()) {
      return List.of();
    }
    if (!node.isArray()) {
      throw wrongType("/tags", "an array of strings");
    }
    var tags = new ArrayList<String>();
    for (JsonNode tag : node) {
      if (!tag.isString()) {
        throw wrongType("/tags/" + tags.size(), "a string");
      }
      tags.add(tag.asString());
    }
    return tags;
  }
}
