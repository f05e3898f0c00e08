package io.threadmill.web.job;

import io.threadmill.job.JobState;
import io.threadmill.job.Violations;
import io.threadmill.job.Webhook;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the field {@code webhook} of a body. A fault is told without repeating the value. */
final class WebhookReader {

  static final Set<String> FIELDS = Set.of("url", "secret", "events", "each");

  private WebhookReader() {}

  /**
   * @param node an object with none but the known fields, or nothing
   * @throws io.threadmill.web.ProblemException when a field has the wrong JSON type
   */
  static @Nullable Webhook read(JsonNode node, Violations violations) {
    if (!node.isObject()) {
      return null;
    }
    String url = text(node, "url");
    return new Webhook(
        url == null ? "" : url, text(node, "secret"), events(node, violations), each(node));
  }

  private static @Nullable String text(JsonNode in, String name) {
    JsonNode node = in.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    if (!node.isString()) {
      throw JobRequestReader.wrongType("/webhook/" + name, "a string");
    }
    return node.asString();
  }

  private static boolean each(JsonNode in) {
    JsonNode node = in.path("each");
    if (node.isMissingNode() || node.isNull()) {
      return false;
    }
    if (!node.isBoolean()) {
      throw JobRequestReader.wrongType("/webhook/each", "true or false");
    }
    return node.asBoolean();
  }

  private static Set<JobState> events(JsonNode in, Violations violations) {
    JsonNode node = in.path("events");
    if (node.isMissingNode() || node.isNull()) {
      return Webhook.ENDS;
    }
    if (!node.isArray()) {
      throw JobRequestReader.wrongType("/webhook/events", "an array of strings");
    }
    var events = EnumSet.noneOf(JobState.class);
    for (int i = 0; i < node.size(); i++) {
      if (!node.path(i).isString()) {
        throw JobRequestReader.wrongType("/webhook/events/" + i, "a string");
      }
      JobState state = JobState.ofWireName(node.path(i).asString()).orElse(null);
      if (state == null || !Webhook.ENDS.contains(state)) {
        violations.add(
            "/webhook/events/" + i,
            "must be one of "
                + Webhook.ENDS.stream()
                    .map(JobState::wireName)
                    .sorted()
                    .collect(Collectors.joining(", ")));
      } else {
        events.add(state);
      }
    }
    if (node.isEmpty()) {
      violations.add("/webhook/events", "must name at least one end; leave it out for all of them");
    }
    return events;
  }
}
