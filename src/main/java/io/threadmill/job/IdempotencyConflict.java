package io.threadmill.job;

/** The Idempotency-Key was used before with another body. */
public final class IdempotencyConflict extends ThreadmillException {

  public IdempotencyConflict() {
    super("the Idempotency-Key was used before with another request body");
  }
}
