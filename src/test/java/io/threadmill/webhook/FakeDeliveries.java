package io.threadmill.webhook;

import io.threadmill.job.JobId;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.Webhook;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One delivery, in memory. */
final class FakeDeliveries implements DeliveryRepository {

  @Nullable Webhook receiver;
  @Nullable JobSnapshot source;
  final Set<JobId> gone = new HashSet<>();

  @Override
  public Optional<List<Kept>> of(Subject subject) {
    return Optional.empty();
  }

  @Override
  public Optional<Kept> one(Subject subject, int number) {
    return Optional.empty();
  }

  @Override
  public Redelivery redeliver(Subject subject, int number) {
    return Redelivery.NO_SUBJECT;
  }

  @Override
  public Optional<Webhook> receiver(JobId delivery) {
    return Optional.ofNullable(receiver);
  }

  @Override
  public Optional<JobSnapshot> source(JobId job) {
    return Optional.ofNullable(source);
  }

  @Override
  public boolean gone(JobId owner) {
    return gone.contains(owner);
  }

  @Override
  public void setGone(JobId owner) {
    gone.add(owner);
  }

  @Override
  public void clearGone(JobId owner) {
    gone.remove(owner);
  }
}
