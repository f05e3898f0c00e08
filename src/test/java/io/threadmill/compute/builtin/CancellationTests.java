package io.threadmill.compute.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.threadmill.compute.ComputeFunction;
import io.threadmill.compute.Steps;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each function, given work of minutes where it can have it, ends when its context says so. */
@Timeout(60)
class CancellationTests {

  /** Where a check every few milliseconds is meant; a busy machine may pause a test in between. */
  private static final Duration BETWEEN_CHECKS = Duration.ofMillis(500);

  static Stream<Arguments> work() {
    List<Double> numbers = Collections.nCopies(1000, 1.0);
    return Stream.of(
        Arguments.of(new Primes(), new Primes.Input(990_000_000_000L, 1_000_000_000_000L), 100),
        Arguments.of(new MonteCarloPi(), new MonteCarloPi.Input(10_000_000_000L, 1), 100),
        Arguments.of(new Mandelbrot(), new Mandelbrot.Input(2048, 2048, 0, 0, 0.01, 10_000), 100),
        Arguments.of(new Mandelbrot(), new Mandelbrot.Input(2048, 2048, 4, 4, 0.01, 10_000), 5),
        Arguments.of(
            new WordCount(),
            new WordCount.Input(List.of("the mill ".repeat(27_000)), 10, true, 1),
            50),
        Arguments.of(new Statistics(), new Statistics.Input(numbers, List.of()), 1));
  }

  @ParameterizedTest
  @MethodSource("work")
  <I> void endsAtTheQuestionAndAsksOften(ComputeFunction<I> function, I input, int question) {
    var steps = Steps.endingAt(question);
    assertThatThrownBy(() -> function.compute(input, steps))
        .isInstanceOf(InterruptedException.class);
    assertThat(steps.asked()).isEqualTo(question);
    assertThat(steps.longestGap()).isLessThan(BETWEEN_CHECKS);
  }
}
