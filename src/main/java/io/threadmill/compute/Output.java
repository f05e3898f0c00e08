package io.threadmill.compute;

/** What a function gives. */
public sealed interface Output {

  /** A value that is written as JSON: a record, a map, a list or a plain value. */
  record Json(Object value) implements Output {}

  /** Bytes of the function's own media type; whoever is handed them leaves them as they are. */
  @SuppressWarnings("ArrayRecordComponent") // never compared; a copy of 8 MiB would cost
  record Binary(byte[] bytes) implements Output {}
}
