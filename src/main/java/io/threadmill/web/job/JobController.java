package io.threadmill.web.job;

import io.threadmill.job.JobId;
import io.threadmill.job.JobLimits;
import io.threadmill.job.JobRepository.CancelAnswer;
import io.threadmill.job.JobRepository.Enqueued;
import io.threadmill.job.JobRepository.Idempotency;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.Jobs;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.web.Problem;
import io.threadmill.web.ProblemException;
import io.threadmill.web.access.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One job: submit, look, cancel, retry, delete. */
@RestController
final class JobController {

  /** How soon to look again; short, because most jobs are. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final Jobs jobs;
  private final JobRequests requests;
  private final IdempotencyKey idempotencyKey;
  private final JobWatch watch;
  private final JobJson json;
  private final JsonMapper mapper;

  JobController(
      Jobs jobs,
      JobRequests requests,
      IdempotencyKey idempotencyKey,
      JobWatch watch,
      JobJson json,
      JsonMapper mapper) {
    this.jobs = jobs;
    this.requests = requests;
    this.idempotencyKey = idempotencyKey;
    this.watch = watch;
    this.json = json;
    this.mapper = mapper;
  }

  @PostMapping(path = "/v1/jobs", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> submit(HttpServletRequest request) throws IOException {
    long begun = watch.begin();
    Query.of(request, Set.of());
    Preference preference = Preference.of(request);
    JsonNode body = JsonBody.read(request, JobLimits.MAX_BODY_BYTES, mapper);
    Idempotency idempotency = idempotencyKey.of(request, "POST /v1/jobs", body);
    Enqueued enqueued = jobs.submit(requests.read(body, Caller.of(request).keyName()), idempotency);
    JobSnapshot job = enqueued.written();
    if (job == null) {
      job = watch.look(enqueued.id(), begun);
      return accepted(job, null).header("Idempotency-Replayed", "true").body(json.bytes(job));
    }
    if (preference != null) {
      job = ended(job, preference);
    }
    if (preference != null && job.state().finished()) {
      return ResponseEntity.ok()
          .location(location(job.id()))
          .header("Preference-Applied", preference.applied())
          .contentType(MediaType.APPLICATION_JSON)
          .body(json.bytes(job));
    }
    return accepted(job, preference).body(json.bytes(job));
  }

  /** The job at its end, or as it was seen last: it is accepted, should Redis go away meanwhile. */
  private JobSnapshot ended(JobSnapshot job, Preference preference) {
    try {
      return watch.await(job.id(), preference.limit(), read -> read.state().finished());
    } catch (StoreUnavailable _) {
      return job;
    }
  }

  private static ResponseEntity.BodyBuilder accepted(
      JobSnapshot job, @Nullable Preference preference) {
    var answer =
        ResponseEntity.accepted()
            .location(location(job.id()))
            .header(HttpHeaders.RETRY_AFTER, Long.toString(LOOK_AGAIN.toSeconds()))
            .contentType(MediaType.APPLICATION_JSON);
    if (preference != null) {
      answer.header("Preference-Applied", preference.applied());
    }
    return answer;
  }

  private static URI location(JobId id) {
    return URI.create("/v1/jobs/" + id);
  }

  @GetMapping("/v1/jobs/{id}")
  ResponseEntity<byte[]> look(@PathVariable String id, HttpServletRequest request) {
    Query.of(request, Set.of());
    JobId job = id(id);
    String known = request.getHeader(HttpHeaders.IF_NONE_MATCH);
    Preference preference = Preference.of(request);
    JobSnapshot read =
        preference == null
            ? watch.look(job)
            : watch.await(
                job,
                preference.limit(),
                now -> known == null ? now.state().finished() : !unchanged(known, now));
    byte[] body = json.bytes(read);
    String tag = EntityTag.of(body);
    boolean unchanged = EntityTag.matches(known, tag);
    var answer =
        ResponseEntity.status(unchanged ? HttpStatus.NOT_MODIFIED : HttpStatus.OK)
            .eTag(tag)
            .header(HttpHeaders.CACHE_CONTROL, "private, no-cache");
    if (!read.state().finished()) {
      answer.header(HttpHeaders.RETRY_AFTER, Long.toString(LOOK_AGAIN.toSeconds()));
    }
    if (preference != null) {
      answer.header("Preference-Applied", preference.applied());
    }
    return unchanged ? answer.build() : answer.contentType(MediaType.APPLICATION_JSON).body(body);
  }

  private boolean unchanged(String known, JobSnapshot now) {
    return EntityTag.matches(known, EntityTag.of(json.bytes(now)));
  }

  @PostMapping("/v1/jobs/{id}/cancel")
  ResponseEntity<byte[]> cancel(@PathVariable String id, HttpServletRequest request) {
    Query.of(request, Set.of());
    JobId job = id(id);
    CancelAnswer answer = jobs.cancel(job);
    HttpStatus status =
        switch (answer) {
          case NOT_FOUND -> throw JobWatch.notFound();
          case FINISHED ->
              throw new ProblemException(
                  Problem.JOB_FINISHED, "The job has already ended and cannot be cancelled.");
          case CANCELLED -> HttpStatus.OK;
          case REQUESTED -> HttpStatus.ACCEPTED;
        };
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_JSON)
        .body(json.bytes(watch.look(job)));
  }

  @PostMapping("/v1/jobs/{id}/retry")
  ResponseEntity<byte[]> retry(@PathVariable String id, HttpServletRequest request) {
    Query.of(request, Set.of());
    JobId job = id(id);
    switch (jobs.retry(job)) {
      case NOT_FOUND -> throw JobWatch.notFound();
      case CONFLICT ->
          throw new ProblemException(
              Problem.JOB_NOT_RETRYABLE, "Only a failed or cancelled job can be queued again.");
      case CHANGED -> {}
    }
    JobSnapshot queued = watch.look(job);
    return accepted(queued, null).body(json.bytes(queued));
  }

  @DeleteMapping("/v1/jobs/{id}")
  ResponseEntity<Void> delete(@PathVariable String id, HttpServletRequest request) {
    Query.of(request, Set.of());
    switch (jobs.delete(id(id))) {
      case NOT_FOUND -> throw JobWatch.notFound();
      case CONFLICT ->
          throw new ProblemException(
              Problem.JOB_NOT_FINISHED,
              "Only a job that has ended can be deleted; cancel it first.");
      case CHANGED -> {}
    }
    return ResponseEntity.noContent().build();
  }

  static JobId id(String text) {
    if (!JobId.isWellFormed(text)) {
      throw JobWatch.notFound();
    }
    return new JobId(text);
  }
}
