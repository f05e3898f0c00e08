package io.threadmill.compute;

/** A function that the service cannot start with; said in one line. */
public final class InvalidFunction extends RuntimeException {

  InvalidFunction(ComputeFunction<?> function, String problem) {
    super("The compute function %s %s.".formatted(function.getClass().getName(), problem));
  }
}
