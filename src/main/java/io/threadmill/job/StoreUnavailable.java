package io.threadmill.job;

/**
 * Redis is away or did not answer in time. A write may or may not have happened: repeat it under an
 * Idempotency-Key to be sure.
 */
public final class StoreUnavailable extends ThreadmillException {

  public StoreUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
