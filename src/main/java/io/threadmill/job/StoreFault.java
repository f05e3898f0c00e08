package io.threadmill.job;

/**
 * Redis answered, and what it answered is an error of its script: a record is damaged, or the
 * script is. Unlike {@link StoreUnavailable}, asking again will not help by itself.
 */
public final class StoreFault extends ThreadmillException {

  public StoreFault(String message, Throwable cause) {
    super(message, cause);
  }
}
