package io.threadmill.compute.builtin;

import io.threadmill.compute.ComputeFunction;
import java.util.List;

/** The functions that come with the service, for tests of other packages. */
public final class Builtins {

  private Builtins() {}

  public static List<ComputeFunction<?>> all() {
    return List.of(
        new Primes(), new MonteCarloPi(), new Mandelbrot(), new WordCount(), new Statistics());
  }
}
