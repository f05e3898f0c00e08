package io.threadmill.web.job;

import io.threadmill.batch.Batches;
import io.threadmill.job.JobId;
import io.threadmill.job.JobRepository.Filter;
import io.threadmill.job.JobRepository.Page;
import io.threadmill.job.JobState;
import io.threadmill.job.Jobs;
import io.threadmill.web.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Many jobs: pages, counts, and changes by filter. */
@RestController
final class JobListController {

  private static final Set<String> FILTERS = Set.of("state", "type", "tag");
  private static final int DEFAULT_PAGE = 50;
  private static final int LARGEST_PAGE = 1000;

  private final Jobs jobs;
  private final Batches batches;
  private final JobJson json;
  private final JsonMapper mapper;

  JobListController(Jobs jobs, Batches batches, JobJson json, JsonMapper mapper) {
    this.jobs = jobs;
    this.batches = batches;
    this.json = json;
    this.mapper = mapper;
  }

  @GetMapping("/v1/jobs")
  ResponseEntity<byte[]> list(HttpServletRequest request) {
    Query query = Query.of(request, Set.of("state", "type", "tag", "batch", "limit", "cursor"));
    int limit = query.number("limit", DEFAULT_PAGE, 1, LARGEST_PAGE);
    String batch = query.text("batch");
    Page page =
        batch == null
            ? jobs.list(query.filter(), limit, query.cursor())
            : batches.newestFirst(batch(batch), query.filter(), limit, cursor(query.cursor()));
    ObjectNode body = mapper.createObjectNode();
    ArrayNode rows = body.putArray("jobs");
    page.jobs().forEach(job -> rows.add(json.row(job)));
    body.put("next", page.next());
    return answer(200, body);
  }

  private static JobId batch(String text) {
    if (!JobId.isWellFormed(text)) {
      throw ProblemException.badRequest("The query parameter batch must be the id of a batch.");
    }
    return new JobId(text);
  }

  private static @Nullable JobId cursor(@Nullable String text) {
    return text == null ? null : new JobId(text);
  }

  @GetMapping("/v1/jobs/counts")
  ResponseEntity<byte[]> counts(HttpServletRequest request) {
    Query.of(request, Set.of());
    ObjectNode body = mapper.createObjectNode();
    ObjectNode byState = body.putObject("byState");
    ObjectNode byType = body.putObject("byType");
    Map<String, Map<JobState, Long>> counts = jobs.counts();
    for (JobState state : JobState.values()) {
      byState.put(
          state.wireName(),
          counts.values().stream().mapToLong(type -> type.getOrDefault(state, 0L)).sum());
    }
    counts.forEach((type, states) -> {
      ObjectNode node = byType.putObject(type);
      for (JobState state : JobState.values()) {
        node.put(state.wireName(), states.getOrDefault(state, 0L));
      }
    });
    return answer(200, body);
  }

  @PostMapping("/v1/jobs/cancel")
  ResponseEntity<byte[]> cancel(HttpServletRequest request) {
    return changed(jobs.cancelAll(filter(request)));
  }

  @PostMapping("/v1/jobs/retry")
  ResponseEntity<byte[]> retry(HttpServletRequest request) {
    return changed(jobs.retryAll(filter(request)));
  }

  private static Filter filter(HttpServletRequest request) {
    Filter filter = Query.of(request, FILTERS).filter();
    if (filter.state() == null && filter.type() == null && filter.tag() == null) {
      throw ProblemException.badRequest(
          "Give at least one of the query parameters state, type and tag.");
    }
    return filter;
  }

  private ResponseEntity<byte[]> changed(int jobsChanged) {
    return answer(202, mapper.createObjectNode().put("changed", jobsChanged));
  }

  private ResponseEntity<byte[]> answer(int status, ObjectNode body) {
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_JSON)
        .body(mapper.writeValueAsBytes(body));
  }
}
