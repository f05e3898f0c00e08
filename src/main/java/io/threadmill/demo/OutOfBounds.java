package io.threadmill.demo;

/** A parameter outside its bounds. */
final class OutOfBounds extends RuntimeException {

  private static final long serialVersionUID = 1L;

  OutOfBounds(String message) {
    super(message, null, false, false);
  }

  static void check(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new OutOfBounds(
          "%s must be between %d and %d, but is %d".formatted(name, least, most, value));
    }
  }
}
