package io.threadmill.web.batch;

import io.threadmill.batch.Batch;
import io.threadmill.batch.BatchRepository.Page;
import io.threadmill.batch.Batches;
import io.threadmill.job.JobId;
import io.threadmill.web.Problem;
import io.threadmill.web.ProblemException;
import io.threadmill.web.job.Preference;
import io.threadmill.web.job.Query;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Batches as a whole: look, list, cancel, retry, delete. */
@RestController
final class BatchController {

  /** How soon to look again. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private static final int DEFAULT_PAGE = 50;
  private static final int LARGEST_PAGE = 200;

  private final Batches batches;
  private final BatchWatch watch;
  private final BatchJson json;
  private final JsonMapper mapper;

  BatchController(Batches batches, BatchWatch watch, BatchJson json, JsonMapper mapper) {
    this.batches = batches;
    this.watch = watch;
    this.json = json;
    this.mapper = mapper;
  }

  @GetMapping("/v1/batches/{id}")
  ResponseEntity<byte[]> look(@PathVariable String id, HttpServletRequest request) {
    Query.of(request, Set.of());
    JobId batch = BatchWatch.id(id);
    Preference preference = Preference.of(request);
    Batch now = preference == null ? watch.look(batch) : watch.awaitEnd(batch, preference.limit());
    var answer = ResponseEntity.ok().header(HttpHeaders.CACHE_CONTROL, "private, no-cache");
    if (!now.state().ended()) {
      answer.header(HttpHeaders.RETRY_AFTER, Long.toString(LOOK_AGAIN.toSeconds()));
    }
    if (preference != null) {
      answer.header("Preference-Applied", preference.applied());
    }
    return answer.contentType(MediaType.APPLICATION_JSON).body(json.bytes(now));
  }

  @GetMapping("/v1/batches")
  ResponseEntity<byte[]> list(HttpServletRequest request) {
    Query query = Query.of(request, Set.of("limit", "cursor"));
    Page page = batches.list(query.number("limit", DEFAULT_PAGE, 1, LARGEST_PAGE), query.cursor());
    ObjectNode body = mapper.createObjectNode();
    ArrayNode rows = body.putArray("batches");
    page.batches().forEach(batch -> rows.add(json.node(batch)));
    body.put("next", page.next());
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .body(mapper.writeValueAsBytes(body));
  }

  @PostMapping("/v1/batches/{id}/cancel")
  ResponseEntity<byte[]> cancel(@PathVariable String id, HttpServletRequest request) {
    Query.of(request, Set.of());
    JobId batch = BatchWatch.id(id);
    switch (batches.cancel(batch)) {
      case NOT_FOUND -> throw BatchWatch.notFound();
      case CONFLICT ->
          throw new ProblemException(
              Problem.BATCH_FINISHED, "The batch has already ended and cannot be cancelled.");
      case CHANGED -> {}
    }
    return accepted(watch.look(batch));
  }

  @PostMapping("/v1/batches/{id}/retry")
  ResponseEntity<byte[]> retry(@PathVariable String id, HttpServletRequest request) {
    Query.of(request, Set.of());
    JobId batch = BatchWatch.id(id);
    switch (batches.retry(batch)) {
      case NOT_FOUND -> throw BatchWatch.notFound();
      case CONFLICT ->
          throw new ProblemException(
              Problem.BATCH_NOT_RETRYABLE,
              "No row of the batch has failed, or it still comes in or is being cancelled.");
      case CHANGED -> {}
    }
    return accepted(watch.look(batch));
  }

  @DeleteMapping("/v1/batches/{id}")
  ResponseEntity<Void> delete(@PathVariable String id, HttpServletRequest request) {
    Query.of(request, Set.of());
    switch (batches.delete(BatchWatch.id(id))) {
      case NOT_FOUND -> throw BatchWatch.notFound();
      case CONFLICT ->
          throw new ProblemException(
              Problem.BATCH_NOT_FINISHED,
              "Only a batch whose rows have all ended can be deleted; cancel it first.");
      case CHANGED -> {}
    }
    return ResponseEntity.noContent().build();
  }

  private ResponseEntity<byte[]> accepted(Batch batch) {
    return Accepted.answer(batch).body(json.bytes(batch));
  }
}
