package io.threadmill.compute.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.threadmill.compute.Output;
import io.threadmill.compute.Steps;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MonteCarloPiTests {

  private final MonteCarloPi pi = new MonteCarloPi();

  /** Numbers of one run, kept: any change of the algorithm shows here and needs a new version. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 4",
    "100000, 42, 3.13828",
    "1000000, 1, 3.140664",
    "70000, 9007199254740991, 3.1358285714285716"
  })
  void aSeedGivesTheSameEstimateEverywhere(long samples, long seed, double estimate)
      throws InterruptedException {
    assertThat(run(samples, seed).estimate()).isEqualTo(estimate);
  }

  @Test
  void theEstimateIsWithinFiveStandardErrors() throws InterruptedException {
    for (long seed = 0; seed < 20; seed++) {
      MonteCarloPi.Result result = run(200_000, seed);
      assertThat(result.estimate()).isCloseTo(Math.PI, within(5 * result.standardError()));
      assertThat(result.standardError()).isBetween(0.003, 0.004); // 4·sqrt(p(1-p)/n)
      assertThat(result.samples()).isEqualTo(200_000);
      assertThat(result.seed()).isEqualTo(seed);
    }
  }

  @Test
  void anotherSeedGivesAnotherEstimate() throws InterruptedException {
    assertThat(run(10_001, 1).estimate()).isNotEqualTo(run(10_001, 2).estimate());
  }

  @Test
  void progressGoesFromNothingToAll() throws InterruptedException {
    var steps = Steps.unlimited();
    pi.compute(new MonteCarloPi.Input(200_000, 1), steps);
    assertThat(steps.told)
        .containsExactly(
            "0/200000", "65536/200000", "131072/200000", "196608/200000", "200000/200000");
  }

  private MonteCarloPi.Result run(long samples, long seed) throws InterruptedException {
    Output output = pi.compute(new MonteCarloPi.Input(samples, seed), Steps.unlimited());
    return (MonteCarloPi.Result) ((Output.Json) output).value();
  }
}
