package io.threadmill.scrape;

import java.io.IOException;

/** A body that is not in the content encoding its headers claim, or in one we do not read. */
final class BadEncoding extends IOException {

  private static final long serialVersionUID = 1L;

  BadEncoding(String message) {
    super(message);
  }
}
