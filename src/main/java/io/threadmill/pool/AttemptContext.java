package io.threadmill.pool;

import io.threadmill.job.CacheOptions;
import io.threadmill.job.InvalidJob;
import io.threadmill.job.JobContext;
import io.threadmill.job.JobId;
import io.threadmill.job.JobLimits;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobRepository;
import io.threadmill.job.JobRequest;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSpec;
import io.threadmill.job.JobTypes;
import io.threadmill.job.Ticker;
import io.threadmill.job.Violations.Violation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an attempt sees of the service. Thread-safe. */
final class AttemptContext implements JobContext {

  /** What a context needs of the service; the same for all attempts. */
  record Services(JobQueue queue, JobRepository repository, JobTypes types, Ticker ticker) {}

  private final Attempt attempt;
  private final Services services;

  AttemptContext(Attempt attempt, Services services) {
    this.attempt = attempt;
    this.services = services;
  }

  @Override
  public JobId id() {
    return attempt.job().id();
  }

  @Override
  public int run() {
    return attempt.job().run();
  }

  @Override
  public int attempt() {
    return attempt.job().attempt();
  }

  @Override
  public int failedAttempts() {
    return attempt.job().failedAttempts();
  }

  @Override
  public Duration remaining() {
    return Duration.ofNanos(attempt.left(services.ticker().nanos()));
  }

  @Override
  public boolean cancelled() {
    return attempt.stopped() != null || !remaining().isPositive();
  }

  @Override
  public Instant wantedSince() {
    return attempt.job().wantedSince();
  }

  @Override
  public CacheOptions cache() {
    return attempt.job().cache();
  }

  @Override
  public Optional<String> caller() {
    return Optional.ofNullable(attempt.job().caller());
  }

  @Override
  public boolean lead(String work) {
    return services.queue().lead(attempt.job(), work)
        || attempt.job().joined() >= JobLimits.MAX_JOINS;
  }

  @Override
  public boolean joined() {
    return attempt.job().joined() > 0;
  }

  @Override
  public void progress(long done, long total, @Nullable String message) {
    attempt.progress(new JobSnapshot.Progress(done, total, message));
  }

  @Override
  public List<JobId> spawn(List<JobRequest> children) {
    List<JobSpec> specs =
        children.stream()
            .map(request ->
                services.types().check(request).childOf(attempt.job().id(), attempt.job().caller()))
            .toList();
    return services.repository().spawn(attempt.job(), specs);
  }

  @Override
  public List<JobSnapshot> endedChildren() {
    return services.repository().endedChildren(id(), JobLimits.MAX_CHILDREN);
  }

  @Override
  public void checkpoint(byte[] state) {
    if (state.length > JobLimits.MAX_CHECKPOINT_BYTES) {
      throw new InvalidJob(
          List.of(
              new Violation(
                  "",
                  "a checkpoint of %d bytes; at most %d are kept"
                      .formatted(state.length, JobLimits.MAX_CHECKPOINT_BYTES))));
    }
    services.queue().checkpoint(attempt.job(), state);
  }

  @Override
  public Optional<byte[]> lastCheckpoint() {
    return services.queue().lastCheckpoint(attempt.job());
  }
}
