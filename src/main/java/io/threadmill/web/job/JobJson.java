package io.threadmill.web.job;

import io.threadmill.job.JobError;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSnapshot.Attempt;
import io.threadmill.job.JobSnapshot.Progress;
import io.threadmill.job.JobSnapshot.StoredResult;
import io.threadmill.job.JobSnapshot.Waiting;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON of a job, every member always present. Thread-safe. */
@Component
public final class JobJson {

  private final JsonMapper mapper;

  public JobJson(JsonMapper mapper) {
    this.mapper = mapper;
  }

  byte[] bytes(JobSnapshot job) {
    return mapper.writeValueAsBytes(whole(job));
  }

  /** With params and result. */
  public ObjectNode whole(JobSnapshot job) {
    return node(job, true);
  }

  /** As a row of a list: without params and result. */
  ObjectNode row(JobSnapshot job) {
    return node(job, false);
  }

  private ObjectNode node(JobSnapshot job, boolean whole) {
    ObjectNode node = mapper.createObjectNode();
    node.put("id", job.id().value());
    node.put("type", job.type());
    node.put("state", job.state().wireName());
    if (whole) {
      node.set("params", Credentials.masked(mapper.readTree(job.params())));
      node.set("result", result(job));
    }
    node.set("error", error(job.error()));
    node.put("run", job.run());
    node.put("attempt", job.attempt());
    node.set("progress", progress(job.progress()));
    node.put("cache", job.cache() == null ? null : job.cache().wireName());
    node.put("priority", job.priority());
    ArrayNode tags = node.putArray("tags");
    job.tags().forEach(tags::add);
    node.put("batchId", job.batch() == null ? null : job.batch().batch().value());
    node.put("template", job.template());
    if (job.batch() == null) {
      node.putNull("index");
    } else {
      node.put("index", job.batch().index());
    }
    node.put("createdAt", text(job.createdAt()));
    node.put("startedAt", text(job.startedAt()));
    node.put("finishedAt", text(job.finishedAt()));
    node.put("expiresAt", text(job.expiresAt()));
    node.put("cancelRequestedAt", text(job.cancelRequestedAt()));
    node.set("waiting", waiting(job.waiting()));
    ArrayNode attempts = node.putArray("attempts");
    job.attempts().forEach(attempt -> attempts.add(attempt(attempt)));
    return node;
  }

  public static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private JsonNode result(JobSnapshot job) {
    StoredResult result = job.result();
    if (result == null) {
      return mapper.nullNode();
    }
    if (result.json() != null) {
      return mapper.readTree(result.json());
    }
    ObjectNode binary = mapper.createObjectNode();
    binary.put("mediaType", result.mediaType());
    binary.put("bytes", result.bytes());
    binary.put("href", "/v1/jobs/" + job.id() + "/result");
    return binary;
  }

  /** The problem object of a job or an attempt. */
  JsonNode error(@Nullable JobError error) {
    if (error == null) {
      return mapper.nullNode();
    }
    return mapper.valueToTree(error.members());
  }

  private JsonNode progress(@Nullable Progress progress) {
    return progress == null ? mapper.nullNode() : mapper.valueToTree(progress);
  }

  private JsonNode waiting(@Nullable Waiting waiting) {
    if (waiting == null) {
      return mapper.nullNode();
    }
    ObjectNode node = mapper.createObjectNode();
    node.put("for", waiting.cause());
    node.put("detail", waiting.detail());
    node.put("until", text(waiting.until()));
    return node;
  }

  private ObjectNode attempt(Attempt attempt) {
    ObjectNode node = mapper.createObjectNode();
    node.put("number", attempt.number());
    node.put("instance", attempt.instance());
    node.put("startedAt", text(attempt.startedAt()));
    node.put("finishedAt", text(attempt.finishedAt()));
    node.put("outcome", attempt.outcome());
    node.set("error", error(attempt.error()));
    return node;
  }
}
