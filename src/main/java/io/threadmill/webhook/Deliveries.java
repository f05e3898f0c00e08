package io.threadmill.webhook;

import io.threadmill.job.JobSnapshot;
import io.threadmill.webhook.DeliveryRepository.Redelivery;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/** All that a client can do with the deliveries of a job's or batch's ends. Thread-safe. */
@Service
public class Deliveries {

  private final DeliveryRepository repository;
  private final JsonMapper mapper;

  Deliveries(DeliveryRepository repository, JsonMapper mapper) {
    this.repository = repository;
    this.mapper = mapper;
  }

  /**
   * One delivery.
   *
   * @param event its CloudEvents type
   * @param job that makes it; its id is the delivery's
   * @param status what the receiver answered to the try that succeeded, null before
   */
  public record Delivery(
      int number, String event, String url, JobSnapshot job, @Nullable Integer status) {}

  /** Oldest first, the newest hundred; empty where there is no such job or batch. */
  public Optional<List<Delivery>> of(Subject subject) {
    return repository.of(subject).map(kept -> kept.stream().map(this::delivery).toList());
  }

  /** The delivery of this number, where it is still kept. */
  public Optional<Delivery> one(Subject subject, int number) {
    return repository.one(subject, number).map(this::delivery);
  }

  private Delivery delivery(DeliveryRepository.Kept kept) {
    JobSnapshot job = kept.job();
    var result = job.result();
    return new Delivery(
        kept.number(),
        mapper.readValue(job.params(), DeliveryParams.class).event(),
        kept.receiver().url(),
        job,
        result == null || result.json() == null
            ? null
            : mapper.readTree(result.json()).path("status").asInt());
  }

  /** Queues a delivery again, be it dead, made or waiting for its next try. */
  public Redelivery redeliver(Subject subject, int number) {
    return repository.redeliver(subject, number);
  }
}
