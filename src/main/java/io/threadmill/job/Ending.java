package io.threadmill.job;

import java.time.Duration;

/** How an attempt ended, as the fenced script records it. */
public sealed interface Ending {

  record Succeeded(JobResult.ResultBody body, JobResult.CacheUse cache) implements Ending {}

  /** The job ends failed. */
  record Failed(JobError error) implements Ending {}

  /** A failed attempt that is followed by another. */
  record Retried(JobError error, Duration after) implements Ending {}

  /** Handed back uncounted; zero means at once. */
  record Released(Duration after) implements Ending {}

  /** Handed back uncounted until its children have ended. */
  record Awaiting() implements Ending {}

  /** Handed back uncounted until the job that leads the same work has ended its attempt. */
  record Joining(String work) implements Ending {}

  /** The cancellation of a running job was carried out. */
  record Cancelled() implements Ending {}

  /** The attempt's outcome by the names of the contract. */
  default String outcome() {
    return switch (this) {
      case Succeeded _ -> "succeeded";
      case Failed _, Retried _ -> "failed";
      case Released _, Awaiting _, Joining _ -> "released";
      case Cancelled _ -> "cancelled";
    };
  }
}
