package io.threadmill.webhook;

import io.threadmill.job.JobId;
import io.threadmill.job.JobState;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a delivery tells, as it was when the end was recorded; written by {@code preamble.lua}.
 *
 * @param job whose end it is; null for a batch's
 * @param batch whose end it is; null for a job's
 * @param owner who brought the webhook: the job, its batch where it is a row, or the batch
 * @param state how it ended; of a batch: failed where any row had failed
 * @param at when, in milliseconds
 * @param type the job's; null for a batch
 * @param run the job's; 0 for a batch
 * @param counts of a batch, by state
 */
record DeliveryParams(
    @Nullable String job,
    @Nullable String batch,
    String owner,
    String state,
    long at,
    @Nullable String type,
    int run,
    long total,
    @Nullable Map<String, Long> counts) {

  JobId ownerId() {
    return new JobId(owner);
  }

  Instant when() {
    return Instant.ofEpochMilli(at);
  }

  /** The CloudEvents type: of a batch whether it ran to its end, of a job how it ended. */
  String event() {
    if (job != null) {
      return "io.threadmill.job." + state;
    }
    return "io.threadmill.batch." + batchState();
  }

  /** As the batch itself tells its state. */
  String batchState() {
    return state.equals(JobState.CANCELLED.wireName()) ? "cancelled" : "finished";
  }
}
