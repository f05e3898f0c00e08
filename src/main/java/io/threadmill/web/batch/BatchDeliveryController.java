package io.threadmill.web.batch;

import io.threadmill.web.job.DeliveryAnswers;
import io.threadmill.web.job.Query;
import io.threadmill.webhook.Subject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The deliveries of a batch's own ends to its webhook: look, and deliver once more. */
@RestController
final class BatchDeliveryController {

  private final DeliveryAnswers answers;

  BatchDeliveryController(DeliveryAnswers answers) {
    this.answers = answers;
  }

  @GetMapping("/v1/batches/{id}/deliveries")
  ResponseEntity<byte[]> list(@PathVariable String id, HttpServletRequest request) {
    Query.of(request, Set.of());
    return answers.list(Subject.batch(BatchWatch.id(id)), BatchWatch::notFound);
  }

  @PostMapping("/v1/batches/{id}/deliveries/{number}/redeliver")
  ResponseEntity<byte[]> redeliver(
      @PathVariable String id, @PathVariable String number, HttpServletRequest request) {
    Query.of(request, Set.of());
    return answers.redeliver(Subject.batch(BatchWatch.id(id)), number, BatchWatch::notFound);
  }
}
