package io.threadmill.web.job;

import io.threadmill.webhook.Subject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The deliveries of a job's ends to its webhook: look, and deliver once more. */
@RestController
final class DeliveryController {

  private final DeliveryAnswers answers;

  DeliveryController(DeliveryAnswers answers) {
    this.answers = answers;
  }

  @GetMapping("/v1/jobs/{id}/deliveries")
  ResponseEntity<byte[]> list(@PathVariable String id, HttpServletRequest request) {
    Query.of(request, Set.of());
    return answers.list(Subject.job(JobController.id(id)), JobWatch::notFound);
  }

  @PostMapping("/v1/jobs/{id}/deliveries/{number}/redeliver")
  ResponseEntity<byte[]> redeliver(
      @PathVariable String id, @PathVariable String number, HttpServletRequest request) {
    Query.of(request, Set.of());
    return answers.redeliver(Subject.job(JobController.id(id)), number, JobWatch::notFound);
  }
}
