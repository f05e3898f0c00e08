package io.threadmill.web.job;

import io.threadmill.job.DurationText;
import io.threadmill.job.JobId;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSnapshot.Attempt;
import io.threadmill.job.JobState;
import io.threadmill.web.Problem;
import io.threadmill.web.ProblemException;
import io.threadmill.webhook.Deliveries;
import io.threadmill.webhook.Deliveries.Delivery;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The deliveries of a job's ends to its webhook: look, and deliver once more. */
@RestController
final class DeliveryController {

  private final Deliveries deliveries;
  private final JobJson json;
  private final JsonMapper mapper;

  DeliveryController(Deliveries deliveries, JobJson json, JsonMapper mapper) {
    this.deliveries = deliveries;
    this.json = json;
    this.mapper = mapper;
  }

  @GetMapping("/v1/jobs/{id}/deliveries")
  ResponseEntity<byte[]> list(@PathVariable String id, HttpServletRequest request) {
    Query.of(request, Set.of());
    ObjectNode body = mapper.createObjectNode();
    ArrayNode rows = body.putArray("deliveries");
    of(JobController.id(id)).forEach(delivery -> rows.add(node(delivery)));
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .body(mapper.writeValueAsBytes(body));
  }

  @PostMapping("/v1/jobs/{id}/deliveries/{number}/redeliver")
  ResponseEntity<byte[]> redeliver(
      @PathVariable String id, @PathVariable String number, HttpServletRequest request) {
    Query.of(request, Set.of());
    JobId job = JobController.id(id);
    int wanted = number.matches("[1-9]\\d{0,5}") ? Integer.parseInt(number) : 0;
    if (wanted == 0) {
      throw notFound();
    }
    switch (deliveries.redeliver(job, wanted)) {
      case NO_JOB -> throw JobWatch.notFound();
      case NO_DELIVERY -> throw notFound();
      case QUEUED -> {}
    }
    Delivery queued =
        of(job).stream()
            .filter(delivery -> delivery.number() == wanted)
            .findFirst()
            .orElseThrow(DeliveryController::notFound);
    return ResponseEntity.accepted()
        .contentType(MediaType.APPLICATION_JSON)
        .body(mapper.writeValueAsBytes(node(queued)));
  }

  private List<Delivery> of(JobId job) {
    return deliveries.of(job).orElseThrow(JobWatch::notFound);
  }

  private static ProblemException notFound() {
    return new ProblemException(
        Problem.DELIVERY_NOT_FOUND, "The job has no delivery of this number.");
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
