package io.threadmill.compute.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.compute.Output;
import io.threadmill.compute.Steps;
import io.threadmill.job.Violations;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrimesTests {

  private final Primes primes = new Primes();

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0,",
    "0, 1, 0,",
    "1, 1, 0,",
    "0, 2, 1, 2",
    "2, 2, 1, 2",
    "2, 3, 2, 3",
    "3, 3, 1, 3",
    "1, 10, 4, 7",
    "4, 4, 0,",
    "8, 10, 0,",
    "9, 9, 0,",
    "10, 100, 21, 97",
    "1, 100, 25, 97",
    "24, 28, 0,",
    "113, 127, 2, 127",
    "1, 1000, 168, 997",
    "0, 1000000, 78498, 999983",
    "0, 10000000, 664579, 9999991",
    "999983, 999983, 1, 999983",
    "999999000000, 999999000000, 0,",
    "999999999989, 1000000000000, 1, 999999999989",
    "999966000289, 999966000289, 0,", // the square of the prime 999983
  })
  void knownCounts(long from, long to, long count, Long largest) throws InterruptedException {
    assertThat(run(from, to)).isEqualTo(new Primes.Result(count, largest));
  }

  @Test
  void rangesAcrossStretchesAgreeWithAPrimalityTest() throws InterruptedException {
    long stretch = 1L << 19; // numbers in a stretch of odd ones
    for (long start : new long[] {stretch - 100, 3 * stretch - 100, 999_999_500_000L}) {
      long count = 0;
      for (long n = start; n <= start + 300; n++) {
        count += BigInteger.valueOf(n).isProbablePrime(40) ? 1 : 0;
      }
      assertThat(run(start, start + 300).count()).as("from " + start).isEqualTo(count);
    }
  }

  @Test
  void partsAddUpToTheWhole() throws InterruptedException {
    long whole = run(5_000_000, 8_000_000).count();
    long parts = 0;
    for (long from = 5_000_000; from <= 8_000_000; from += 700_001) {
      parts += run(from, Math.min(8_000_000, from + 700_000)).count();
    }
    assertThat(parts).isEqualTo(whole);
  }

  @Test
  void progressGoesFromNothingToAll() throws InterruptedException {
    var steps = Steps.unlimited();
    primes.compute(new Primes.Input(1, 5_000_000), steps);
    assertThat(steps.told)
        .startsWith("0/4999998")
        .endsWith("4999998/4999998")
        .hasSizeGreaterThan(8);
  }

  @ParameterizedTest
  @CsvSource({"5, 4, must not be below from", "0, 10000000001, must be at most 10000000000 above"})
  void aRangeThatCannotBeMeantIsRefused(long from, long to, String words) {
    var violations = new Violations("");
    primes.check(new Primes.Input(from, to), violations);
    assertThat(violations.list())
        .singleElement()
        .satisfies(found -> {
          assertThat(found.pointer()).isEqualTo("/to");
          assertThat(found.detail()).startsWith(words);
        });
  }

  @Test
  void theWidestRangeIsTaken() {
    var violations = new Violations("");
    primes.check(new Primes.Input(7, 7 + Primes.WIDEST), violations);
    assertThat(violations.isEmpty()).isTrue();
  }

  private Primes.Result run(long from, long to) throws InterruptedException {
    Output output = primes.compute(new Primes.Input(from, to), Steps.unlimited());
    return (Primes.Result) ((Output.Json) output).value();
  }
}
