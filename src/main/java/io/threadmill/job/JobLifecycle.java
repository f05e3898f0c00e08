package io.threadmill.job;

import java.util.Optional;

/**
 * The one table of legal moves. The scripts enforce it where the state is kept; a test runs every
 * operation against every state and compares what happened with this table, and the diagram in
 * {@code docs/architecture.md} is checked against it.
 */
public final class JobLifecycle {

  private JobLifecycle() {}

  /** What can happen to a job. */
  public enum Event {
    /** Its time has come. */
    DUE,
    /** An instance took it into a slot. */
    TAKEN,
    /** The attempt ended well. */
    SUCCEEDED,
    /** The attempt failed and was the last, or the error is terminal. */
    FAILED,
    /** The attempt failed and another follows after its back-off. */
    RETRIED,
    /** The attempt was handed back, uncounted: drain, or its children run first. */
    RELEASED,
    /** The attempt was handed back, uncounted, until a given time. */
    POSTPONED,
    /** The instance that ran it died or froze. */
    LOST,
    /** A client cancelled it. */
    CANCELLED,
    /** A client queued an ended job again, under a new run. */
    REQUEUED
  }

  /** The state after the event, or empty when the move is refused and nothing changes. */
  public static Optional<JobState> after(JobState from, Event event) {
    return Optional.ofNullable(
        switch (from) {
          case SCHEDULED ->
              switch (event) {
                case DUE -> JobState.QUEUED;
                case CANCELLED -> JobState.CANCELLED;
                default -> null;
              };
          case QUEUED ->
              switch (event) {
                case TAKEN -> JobState.RUNNING;
                case CANCELLED -> JobState.CANCELLED;
                default -> null;
              };
          case RUNNING ->
              switch (event) {
                case SUCCEEDED -> JobState.SUCCEEDED;
                case FAILED -> JobState.FAILED;
                case RETRIED, POSTPONED -> JobState.SCHEDULED;
                case RELEASED, LOST -> JobState.QUEUED;
                case CANCELLED -> JobState.CANCELLED;
                default -> null;
              };
          case SUCCEEDED -> null;
          case FAILED, CANCELLED -> event == Event.REQUEUED ? JobState.QUEUED : null;
        });
  }
}
