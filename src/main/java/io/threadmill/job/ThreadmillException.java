package io.threadmill.job;

/** The root of what the facade throws; {@code web} maps each kind to one problem. */
public abstract sealed class ThreadmillException extends RuntimeException
    permits InvalidJob,
        BacklogFull,
        StoreUnavailable,
        StoreFault,
        Draining,
        IdempotencyConflict,
        PayloadTooLarge,
        TooManyLimits,
        TooManyWaiting,
        LeaseLost {

  protected ThreadmillException(String message) {
    super(message);
  }

  protected ThreadmillException(String message, Throwable cause) {
    super(message, cause);
  }
}
