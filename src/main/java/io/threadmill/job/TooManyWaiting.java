package io.threadmill.job;

/** Too many requests wait on this instance already: for their turn to be written, or for a job. */
public final class TooManyWaiting extends ThreadmillException {

  public TooManyWaiting(String message) {
    super(message);
  }
}
