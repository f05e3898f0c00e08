package io.threadmill.job;

/** As many limits are set as may be; nothing was written. */
public final class TooManyLimits extends ThreadmillException {

  public TooManyLimits(String message) {
    super(message);
  }
}
