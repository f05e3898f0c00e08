package io.threadmill.web.job;

import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSnapshot.StoredResult;
import io.threadmill.job.Jobs;
import io.threadmill.web.Problem;
import io.threadmill.web.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** A job's bare result in its own media type. */
@RestController
final class JobResultController {

  private final Jobs jobs;
  private final JobWatch watch;
  private final JobJson json;

  JobResultController(Jobs jobs, JobWatch watch, JobJson json) {
    this.jobs = jobs;
    this.watch = watch;
    this.json = json;
  }

  @GetMapping("/v1/jobs/{id}/result")
  ResponseEntity<byte[]> result(@PathVariable String id, HttpServletRequest request) {
    boolean partial = Query.of(request, Set.of("partial")).flag("partial");
    JobSnapshot job = watch.look(JobController.id(id));
    return switch (job.state()) {
      case SUCCEEDED -> bare(job);
      case FAILED ->
          throw new ProblemException(Problem.JOB_FAILED, "The job failed; see error.")
              .with("error", json.error(job.error()));
      case CANCELLED -> throw new ProblemException(Problem.JOB_CANCELLED, "The job was cancelled.");
      case SCHEDULED, QUEUED, RUNNING ->
          throw partial
              ? new ProblemException(
                  Problem.NO_PARTIAL_RESULTS,
                  "A job of this type gives its result at its end only.")
              : new ProblemException(
                  Problem.JOB_NOT_FINISHED, "The job is " + job.state().wireName() + ".");
    };
  }

  private ResponseEntity<byte[]> bare(JobSnapshot job) {
    StoredResult result = job.result();
    byte[] bytes = jobs.resultBytes(job).orElseThrow(JobWatch::notFound);
    return ResponseEntity.ok()
        .contentType(
            result == null
                ? MediaType.APPLICATION_JSON
                : MediaType.parseMediaType(result.mediaType()))
        .header("Content-Security-Policy", "sandbox")
        .body(bytes);
  }
}
