package io.threadmill.egress;

/** A URL that is not an absolute http or https URL. The message is safe to show. */
public final class InvalidUrl extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  InvalidUrl(String message) {
    super(message);
  }
}
