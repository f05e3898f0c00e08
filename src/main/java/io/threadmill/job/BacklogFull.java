package io.threadmill.job;

import java.time.Duration;

/** The store holds as much unfinished work as it may; nothing was written. */
public final class BacklogFull extends ThreadmillException {

  private final Duration retryAfter;

  public BacklogFull(String message, Duration retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }

  public Duration retryAfter() {
    return retryAfter;
  }
}
