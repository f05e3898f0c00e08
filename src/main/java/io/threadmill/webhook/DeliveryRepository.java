package io.threadmill.webhook;

import io.threadmill.job.JobId;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.Webhook;
import java.util.List;
import java.util.Optional;

/**
 * Where deliveries are kept. Thread-safe. Each call throws {@link
 * io.threadmill.job.StoreUnavailable} when Redis is away.
 */
public interface DeliveryRepository {

  /** The newest deliveries of its ends, oldest first; empty where there is no such job or batch. */
  Optional<List<Kept>> of(Subject subject);

  /** The delivery of this number, where it is still kept. */
  Optional<Kept> one(Subject subject, int number);

  /** Queues a delivery again, whatever became of it; one under way goes on. */
  Redelivery redeliver(Subject subject, int number);

  /** What came of asking for another delivery. */
  enum Redelivery {
    NO_SUBJECT,
    NO_DELIVERY,
    QUEUED
  }

  /** Whom a delivery is for; empty once the delivery is gone. */
  Optional<Webhook> receiver(JobId delivery);

  /** The job whose end is told, without a result that is kept apart; empty once it is gone. */
  Optional<JobSnapshot> source(JobId job);

  /** Whether the receiver of this owner's deliveries has said that it is gone. */
  boolean gone(JobId owner);

  /** Remembers that it is gone: the owner gets no more deliveries. */
  void setGone(JobId owner);

  void clearGone(JobId owner);

  /**
   * A delivery as it is kept.
   *
   * @param number counted from 1
   */
  record Kept(int number, JobSnapshot job, Webhook receiver) {}
}
