package io.threadmill.scrape;

import java.io.IOException;

/** A body that unpacks to more than is allowed; noticed while unpacking, so nothing big is held. */
final class DecodedTooLarge extends IOException {

  private static final long serialVersionUID = 1L;

  /** The cap in bytes that was passed. */
  private final long cap;

  DecodedTooLarge(String message, long cap) {
    super(message);
    this.cap = cap;
  }

  long cap() {
    return cap;
  }
}
