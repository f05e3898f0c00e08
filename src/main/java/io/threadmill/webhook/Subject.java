package io.threadmill.webhook;

import io.threadmill.job.JobId;

/** Whose ends are told: a job or a batch. */
public record Subject(Kind kind, JobId id) {

  /** What it is. */
  public enum Kind {
    JOB,
    BATCH
  }

  public static Subject job(JobId id) {
    return new Subject(Kind.JOB, id);
  }

  public static Subject batch(JobId id) {
    return new Subject(Kind.BATCH, id);
  }
}
