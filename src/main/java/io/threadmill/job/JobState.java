package io.threadmill.job;

import java.util.Locale;
import java.util.Optional;

/** The six states a client sees. {@link JobLifecycle} holds the moves between them. */
public enum JobState {
  /** Waits for its time or its next attempt. */
  SCHEDULED,
  /** Waits for a slot, its turn, its limits or its children. */
  QUEUED,
  RUNNING,
  SUCCEEDED,
  FAILED,
  CANCELLED;

  public boolean finished() {
    return switch (this) {
      case SCHEDULED, QUEUED, RUNNING -> false;
      case SUCCEEDED, FAILED, CANCELLED -> true;
    };
  }

  /** The name used over HTTP and in metrics. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<JobState> ofWireName(String name) {
    for (JobState state : values()) {
      if (state.wireName().equals(name)) {
        return Optional.of(state);
      }
    }
    return Optional.empty();
  }
}
