package io.threadmill.batch;

import io.threadmill.job.JobId;
import io.threadmill.job.JobState;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Many jobs of one type as they were at one moment. Immutable.
 *
 * @param id of the same form as a job's
 * @param total rows so far; always the sum of {@code counts}
 * @param truncated whether the lines were cut off before their end
 * @param logged how many ends of rows have been recorded; a row that ran again has more than one
 * @param deliveries the jobs that tell its ends to its webhook, the newest 20, oldest first
 */
public record Batch(
    JobId id,
    String type,
    @Nullable String template,
    State state,
    long total,
    Map<JobState, Long> counts,
    boolean truncated,
    Instant createdAt,
    @Nullable Instant finishedAt,
    @Nullable Instant expiresAt,
    long logged,
    List<JobId> deliveries) {

  /** Where a batch stands. */
  public enum State {
    /** Its lines still come in; rows run meanwhile. */
    OPEN,
    RUNNING,
    /** It was cancelled; rows that run are being stopped. */
    CANCELLING,
    FINISHED,
    CANCELLED;

    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether no row is left to end. */
    public boolean ended() {
      return this == FINISHED || this == CANCELLED;
    }
  }
}
