package io.threadmill.egress;

/** A URL that is not an absolute http or https URL. The message is safe to show. */
public final class InvalidUrl extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String reason;

  InvalidUrl(String reason) {
    super(reason);
    this.reason = reason;
  }

  /** What is wrong with the URL; never null. */
  @Override
  public String getMessage() {
    return reason;
  }
}
