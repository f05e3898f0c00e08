package io.threadmill.rehearse;

/** What a rehearsal throws when it is told to. */
final class RehearsedException extends RuntimeException {

  RehearsedException(String message) {
    super(message);
  }
}
