package io.threadmill.events;

import io.threadmill.job.JobId;
import io.threadmill.job.JobState;

/**
 * One entry of the event log. It carries no params and no result.
 *
 * @param sequence the log's own id, rising; what a client sends back as Last-Event-ID
 */
public record JobEvent(
    String sequence, Kind kind, JobId id, JobState state, int run, int attempt, String progress) {

  /** What changed. */
  public enum Kind {
    STATE,
    PROGRESS
  }
}
