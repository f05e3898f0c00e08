package io.threadmill.job;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A job as it was at one moment; the read side of the store. Immutable. */
public record JobSnapshot(
    JobId id,
    String type,
    JobState state,
    String params,
    @Nullable StoredResult result,
    @Nullable JobError error,
    int run,
    int attempt,
    @Nullable Progress progress,
    JobResult.@Nullable CacheUse cache,
    int priority,
    List<String> tags,
    @Nullable String key,
    @Nullable String template,
    @Nullable JobId parent,
    @Nullable Membership batch,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    @Nullable Instant expiresAt,
    @Nullable Instant cancelRequestedAt,
    @Nullable Waiting waiting,
    List<Attempt> attempts) {

  /** The same job with its result loaded. */
  public JobSnapshot withResult(StoredResult loaded) {
    return new JobSnapshot(
        id,
        type,
        state,
        params,
        loaded,
        error,
        run,
        attempt,
        progress,
        cache,
        priority,
        tags,
        key,
        template,
        parent,
        batch,
        createdAt,
        startedAt,
        finishedAt,
        expiresAt,
        cancelRequestedAt,
        waiting,
        attempts);
  }

  /** The batch a job is a row of, and which: the first is 0. */
  public record Membership(JobId batch, int index) {}

  /** How far the work is. */
  public record Progress(long done, long total, @Nullable String message) {}

  /**
   * Why a job does not run yet.
   *
   * @param cause one of {@code slot}, {@code time}, {@code host}, {@code key}, {@code children}
   */
  public record Waiting(String cause, @Nullable String detail, @Nullable Instant until) {}

  /** One start of the job. An attempt still running has neither end nor outcome. */
  public record Attempt(
      int number,
      String instance,
      Instant startedAt,
      @Nullable Instant finishedAt,
      @Nullable String outcome,
      @Nullable JobError error) {}

  /**
   * Where a result is and how large; {@code json} holds it when it is JSON and was asked for.
   *
   * @param blob the key of a result kept apart from the record, null when {@code json} is inline
   */
  public record StoredResult(
      String mediaType, long bytes, @Nullable String json, @Nullable String blob) {

    public boolean isJson() {
      return "application/json".equals(mediaType);
    }
  }
}
