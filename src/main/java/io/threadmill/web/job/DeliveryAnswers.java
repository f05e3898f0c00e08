package io.threadmill.web.job;

import io.threadmill.job.DurationText;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSnapshot.Attempt;
import io.threadmill.job.JobState;
import io.threadmill.web.Problem;
import io.threadmill.web.ProblemException;
import io.threadmill.webhook.Deliveries;
import io.threadmill.webhook.Deliveries.Delivery;
import io.threadmill.webhook.Subject;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is answered of the deliveries of a job or a batch. Thread-safe. */
@Component
public final class DeliveryAnswers {

  private final Deliveries deliveries;
  private final JobJson json;
  private final JsonMapper mapper;

  DeliveryAnswers(Deliveries deliveries, JobJson json, JsonMapper mapper) {
    this.deliveries = deliveries;
    this.json = json;
    this.mapper = mapper;
  }

  /**
   * The newest hundred deliveries of its ends, oldest first.
   *
   * @param missing what is thrown where there is no such job or batch
   */
  public ResponseEntity<byte[]> list(Subject subject, Supplier<ProblemException> missing) {
    ObjectNode body = mapper.createObjectNode();
    ArrayNode rows = body.putArray("deliveries");
    deliveries.of(subject).orElseThrow(missing).forEach(delivery -> rows.add(node(delivery)));
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .body(mapper.writeValueAsBytes(body));
  }

  /**
   * Has one delivered again and shows it.
   *
   * @param number as it stands in the path
   * @param missing what is thrown where there is no such job or batch
   */
  public ResponseEntity<byte[]> redeliver(
      Subject subject, String number, Supplier<ProblemException> missing) {
    int wanted = number.matches("[1-9]\\d{0,5}") ? Integer.parseInt(number) : 0;
    if (wanted == 0) {
      throw notFound();
    }
    switch (deliveries.redeliver(subject, wanted)) {
      case NO_SUBJECT -> throw missing.get();
      case NO_DELIVERY -> throw notFound();
      case QUEUED -> {}
    }
    Delivery queued = deliveries.one(subject, wanted).orElseThrow(DeliveryAnswers::notFound);
    return ResponseEntity.accepted()
        .contentType(MediaType.APPLICATION_JSON)
        .body(mapper.writeValueAsBytes(node(queued)));
  }

  private static ProblemException notFound() {
    return new ProblemException(Problem.DELIVERY_NOT_FOUND, "There is no delivery of this number.");
  }

  private ObjectNode node(Delivery delivery) {
    JobSnapshot job = delivery.job();
    ObjectNode node = mapper.createObjectNode();
    node.put("number", delivery.number());
    node.put("id", job.id().value());
    node.put("event", delivery.event());
    node.put("url", delivery.url());
    node.put("state", job.state().wireName());
    node.put("createdAt", JobJson.text(job.createdAt()));
    node.put("finishedAt", JobJson.text(job.finishedAt()));
    node.put("expiresAt", JobJson.text(job.expiresAt()));
    node.put(
        "nextAttemptAt",
        job.state() == JobState.SCHEDULED && job.waiting() != null
            ? JobJson.text(job.waiting().until())
            : null);
    node.set("error", json.error(job.error()));
    ArrayNode attempts = node.putArray("attempts");
    for (int i = 0; i < job.attempts().size(); i++) {
      boolean last = i == job.attempts().size() - 1;
      attempts.add(attempt(job.attempts().get(i), last ? delivery.status() : null));
    }
    return node;
  }

  /**
   * @param accepted the receiver's status, where this attempt was the one that succeeded
   */
  private ObjectNode attempt(Attempt attempt, @Nullable Integer accepted) {
    ObjectNode node = mapper.createObjectNode();
    node.put("number", attempt.number());
    node.put("startedAt", JobJson.text(attempt.startedAt()));
    node.put("finishedAt", JobJson.text(attempt.finishedAt()));
    node.put(
        "duration",
        attempt.finishedAt() == null
            ? null
            : DurationText.format(Duration.between(attempt.startedAt(), attempt.finishedAt())));
    node.put("outcome", attempt.outcome());
    Object refused =
        attempt.error() == null ? null : attempt.error().extensions().get("upstreamStatus");
    node.put("status", refused instanceof Integer status ? status : accepted);
    node.set("error", json.error(attempt.error()));
    return node;
  }
}
