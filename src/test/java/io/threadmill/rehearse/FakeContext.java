package io.threadmill.rehearse;

import io.threadmill.job.CacheOptions;
import io.threadmill.job.JobContext;
import io.threadmill.job.JobId;
import io.threadmill.job.JobRequest;
import io.threadmill.job.JobSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** An attempt with ten seconds left and so many failures behind it. */
final class FakeContext implements JobContext {

  final AtomicBoolean cancelled = new AtomicBoolean();
  private final int failedAttempts;

  FakeContext(int failedAttempts) {
    this.failedAttempts = failedAttempts;
  }

  @Override
  public JobId id() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int run() {
    return 1;
  }

  @Override
  public int attempt() {
    return failedAttempts + 1;
  }

  @Override
  public int failedAttempts() {
    return failedAttempts;
  }

  @Override
  public Duration remaining() {
    return Duration.ofSeconds(10);
  }

  @Override
  public boolean cancelled() {
    return cancelled.get();
  }

  @Override
  public Instant wantedSince() {
    return Instant.EPOCH;
  }

  @Override
  public CacheOptions cache() {
    return CacheOptions.DEFAULT;
  }

  @Override
  public Optional<String> caller() {
    return Optional.empty();
  }

  @Override
  public boolean lead(String work) {
    return true;
  }

  @Override
  public boolean joined() {
    return false;
  }

  @Override
  public void progress(long done, long total, @Nullable String message) {}

  @Override
  public List<JobId> spawn(List<JobRequest> children) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<JobSnapshot> endedChildren() {
    return List.of();
  }

  @Override
  public void checkpoint(byte[] state) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<byte[]> lastCheckpoint() {
    return Optional.empty();
  }
}
