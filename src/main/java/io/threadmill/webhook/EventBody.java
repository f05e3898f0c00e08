package io.threadmill.webhook;

import io.threadmill.job.JobError;
import io.threadmill.job.JobId;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSnapshot.StoredResult;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts an end into words: a CloudEvents 1.0 event in structured JSON. Small, as receivers want
 * them: a large or binary result is told by where it can be read. Params are never told, they may
 * hold what the receiver should not see. Thread-safe.
 */
final class EventBody {

  static final String MEDIA_TYPE = "application/cloudevents+json";

  private static final int LARGEST_RESULT = 16 * 1024;
  private static final int LARGEST_ERROR = 4 * 1024;

  private final JsonMapper mapper;

  EventBody(JsonMapper mapper) {
    this.mapper = mapper;
  }

  /**
   * @param job as it is now; null when it is gone
   */
  byte[] of(JobId delivery, DeliveryParams told, @Nullable JobSnapshot job) {
    ObjectNode event = mapper.createObjectNode();
    String subject = told.job() == null ? String.valueOf(told.batch()) : told.job();
    event.put("specversion", "1.0");
    event.put("id", delivery.value());
    event.put("source", told.job() == null ? "/v1/batches" : "/v1/jobs");
    event.put("type", told.event());
    event.put("subject", subject);
    event.put("time", text(told.when()));
    event.put("datacontenttype", "application/json");
    event.set("data", told.job() == null ? batch(told) : job(told, job));
    return mapper.writeValueAsBytes(event);
  }

  private ObjectNode batch(DeliveryParams told) {
    ObjectNode data = mapper.createObjectNode();
    data.put("id", told.batch());
    data.put("state", told.batchState());
    data.put("total", told.total());
    data.set("counts", mapper.valueToTree(told.counts()));
    data.put("finishedAt", text(told.when()));
    data.put("href", "/v1/batches/" + told.batch());
    return data;
  }

  private ObjectNode job(DeliveryParams told, @Nullable JobSnapshot job) {
    ObjectNode data = mapper.createObjectNode();
    data.put("id", told.job());
    data.put("type", told.type());
    data.put("state", told.state());
    data.put("run", told.run());
    data.put("finishedAt", text(told.when()));
    data.put("href", "/v1/jobs/" + told.job());
    // A job that was queued again since, or is gone, tells nothing more of this end.
    if (job != null && job.run() == told.run() && job.state().finished()) {
      data.put("attempt", job.attempt());
      data.put("template", job.template());
      data.put("batchId", job.batch() == null ? null : job.batch().batch().value());
      if (job.batch() == null) {
        data.putNull("index");
      } else {
        data.put("index", job.batch().index());
      }
      data.set("tags", mapper.valueToTree(job.tags()));
      data.put("createdAt", text(job.createdAt()));
      data.put("startedAt", job.startedAt() == null ? null : text(job.startedAt()));
      data.set("result", result(job));
      data.set("error", error(job.error()));
    }
    return data;
  }

  private static String text(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private JsonNode result(JobSnapshot job) {
    StoredResult result = job.result();
    if (result == null) {
      return mapper.nullNode();
    }
    if (result.json() != null && result.bytes() <= LARGEST_RESULT) {
      return mapper.readTree(result.json());
    }
    ObjectNode elsewhere = mapper.createObjectNode();
    elsewhere.put("mediaType", result.mediaType());
    elsewhere.put("bytes", result.bytes());
    elsewhere.put("href", "/v1/jobs/" + job.id() + "/result");
    return elsewhere;
  }

  private JsonNode error(@Nullable JobError error) {
    if (error == null) {
      return mapper.nullNode();
    }
    String whole = mapper.writeValueAsString(error.members());
    return whole.getBytes(StandardCharsets.UTF_8).length <= LARGEST_ERROR
        ? mapper.readTree(whole)
        : mapper.valueToTree(error.withoutExtensions().members());
  }
}
