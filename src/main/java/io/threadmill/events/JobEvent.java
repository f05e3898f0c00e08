package io.threadmill.events;

import io.threadmill.job.JobId;
import io.threadmill.job.JobState;

/**
 * One event of a job or batch. It carries no params and no result.
 *
 * @param sequence of the entry of the log that holds it, rising; what a client sends back as
 *     Last-Event-ID. No other event of its job has it.
 * @param progress JSON of the progress, empty in other kinds
 */
public record JobEvent(
    String sequence, Kind kind, JobId id, JobState state, int run, int attempt, String progress) {

  /** Orders sequences of the form {@code milliseconds-number}. */
  public static int compareSequences(String one, String other) {
    int a = one.indexOf('-');
    int b = other.indexOf('-');
    int byTime =
        Long.compare(Long.parseLong(one.substring(0, a)), Long.parseLong(other.substring(0, b)));
    return byTime != 0
        ? byTime
        : Long.compare(
            Long.parseLong(one.substring(a + 1)), Long.parseLong(other.substring(b + 1)));
  }

  /** What changed. */
  public enum Kind {
    STATE,
    PROGRESS,
    /** Rows of the batch of this id have moved; state, run and attempt say nothing. */
    BATCH,
    /** Events may have been missed. */
    GAP
  }
}
