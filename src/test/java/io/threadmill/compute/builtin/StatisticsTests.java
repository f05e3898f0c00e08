package io.threadmill.compute.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.threadmill.compute.ComputationFailed;
import io.threadmill.compute.Output;
import io.threadmill.compute.Steps;
import io.threadmill.job.Violations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Against values worked out by hand. */
class StatisticsTests {

  private static final Offset<Double> EXACT = within(1e-12);

  private final Statistics statistics = new Statistics();

  @Test
  void aSampleIsDescribed() throws Exception {
    // mean 40/8; squared differences 9+1+1+1+0+0+4+16 = 32; cubes -27-3+8+64 = 42; fourths 356
    Statistics.Result result = run(sample(2, 4, 4, 4, 5, 5, 7, 9));
    assertThat(result.count()).isEqualTo(8);
    assertThat(result.mean()).isEqualTo(5);
    assertThat(result.variance()).isCloseTo(32.0 / 7, EXACT);
    assertThat(result.standardDeviation()).isCloseTo(Math.sqrt(32.0 / 7), EXACT);
    assertThat(result.min()).isEqualTo(2);
    assertThat(result.lowerQuartile()).isEqualTo(4);
    assertThat(result.median()).isEqualTo(4.5);
    assertThat(result.upperQuartile()).isEqualTo(5.5);
    assertThat(result.max()).isEqualTo(9);
    // G1 = n/((n-1)(n-2)) · 42/s³
    assertThat(result.skewness())
        .isCloseTo(8.0 / (7 * 6) * 42 / Math.pow(32.0 / 7, 1.5), within(1e-9));
    // G2 = n(n+1)/((n-1)(n-2)(n-3)) · 356/s⁴ - 3(n-1)²/((n-2)(n-3))
    assertThat(result.kurtosis())
        .isCloseTo(
            8.0 * 9 / (7 * 6 * 5) * 356 / Math.pow(32.0 / 7, 2) - 3.0 * 49 / (6 * 5), within(1e-9));
    assertThat(result.regression()).isNull();
  }

  @Test
  void quartilesInterpolate() throws Exception {
    Statistics.Result result = run(sample(4, 1, 3, 2));
    assertThat(result.lowerQuartile()).isCloseTo(1.75, EXACT);
    assertThat(result.median()).isCloseTo(2.5, EXACT);
    assertThat(result.upperQuartile()).isCloseTo(3.25, EXACT);
  }

  @Test
  void whatASmallOrEvenSampleDoesNotHaveIsNull() throws Exception {
    Statistics.Result one = run(sample(3));
    assertThat(one.mean()).isEqualTo(3);
    assertThat(one.median()).isEqualTo(3);
    assertThat(one.variance()).isNull();
    assertThat(one.standardDeviation()).isNull();
    assertThat(one.skewness()).isNull();
    Statistics.Result even = run(sample(2, 2, 2, 2, 2));
    assertThat(even.variance()).isZero();
    assertThat(even.skewness()).isNull();
    assertThat(even.kurtosis()).isNull();
    Statistics.Result three = run(sample(1, 2, 4));
    assertThat(three.skewness()).isNotNull();
    assertThat(three.kurtosis()).isNull();
  }

  @Test
  void aLineIsFitted() throws Exception {
    // y = 1 + 2.3x over x = 0..3: means 1.5 and 4.25, Sxy 11.5, Sxx 5, Syy 26.75
    Regression fit = run(sample(1, 3, 5, 8), sample(0, 1, 2, 3)).regression();
    assertThat(fit.coefficients().getFirst()).isCloseTo(2.3, EXACT);
    assertThat(fit.intercept()).isCloseTo(0.8, EXACT);
    double rss = 26.75 - 2.3 * 11.5;
    assertThat(fit.residualStandardError()).isCloseTo(Math.sqrt(rss / 2), within(1e-9));
    assertThat(fit.rSquared()).isCloseTo(1 - rss / 26.75, within(1e-9));
    assertThat(fit.standardErrors().get(1)).isCloseTo(Math.sqrt(rss / 2 / 5), within(1e-9));
    assertThat(fit.standardErrors().get(0))
        .isCloseTo(Math.sqrt(rss / 2 * (0.25 + 2.25 / 5)), within(1e-9));
  }

  @Test
  void aPlaneIsFitted() throws Exception {
    // y = 1 + 2a - 3b exactly
    Regression fit =
        run(sample(1, 3, -2, 0, 5, 4), sample(0, 1, 0, 1, 2, 3), sample(0, 0, 1, 1, 0, 1))
            .regression();
    assertThat(fit.intercept()).isCloseTo(1, within(1e-9));
    assertThat(fit.coefficients().get(0)).isCloseTo(2, within(1e-9));
    assertThat(fit.coefficients().get(1)).isCloseTo(-3, within(1e-9));
    assertThat(fit.rSquared()).isCloseTo(1, within(1e-9));
  }

  @Test
  void evenValuesHaveALevelLineAndNoShareExplained() throws Exception {
    Regression fit = run(sample(4, 4, 4, 4), sample(0, 1, 2, 3)).regression();
    assertThat(fit.intercept()).isCloseTo(4, within(1e-9));
    assertThat(fit.coefficients().getFirst()).isCloseTo(0, within(1e-9));
    assertThat(fit.rSquared()).isNull();
  }

  @Test
  void smallAndLargeScalesAreFittedAlike() throws Exception {
    for (double scale : new double[] {1e-9, 1e9}) {
      Regression fit = run(sample(1, 3, 5, 8), sample(0, scale, 2 * scale, 3 * scale)).regression();
      assertThat(fit.coefficients().getFirst() * scale).isCloseTo(2.3, within(1e-9));
    }
  }

  @Test
  void regressorsThatDependOnEachOtherAreSaid() {
    assertThatThrownBy(
            () -> run(sample(1, 2, 3, 5), sample(0, 1, 2, 3), sample(1, 3, 5, 7))) // 1 + 2a
        .isInstanceOf(ComputationFailed.class)
        .hasMessageContaining("collinear");
    assertThatThrownBy(() -> run(sample(1, 2, 3, 5), sample(0, 1, 2, 3), sample(7, 7, 7, 7)))
        .isInstanceOf(ComputationFailed.class)
        .hasMessageContaining("Regressor 1 does not vary");
  }

  @Test
  void tooFewPointsAndUnevenListsAreViolations() {
    assertThat(violations(sample(1, 2), sample(1, 2)))
        .containsExactly("/values must have at least 3 elements for 1 regressors");
    assertThat(violations(sample(1, 2, 3), sample(1, 2)))
        .containsExactly("/regressors/0 must have as many elements as values, 3, but has 2");
    assertThat(violations(sample(1, 2, 4), sample(1, 2, 3))).isEmpty();
  }

  @SafeVarargs
  private List<String> violations(List<Double> values, List<Double>... regressors) {
    var found = new Violations("");
    statistics.check(new Statistics.Input(values, List.of(regressors)), found);
    return found.list().stream().map(one -> one.pointer() + " " + one.detail()).toList();
  }

  @Test
  void theLargestNumbersStayFinite() throws Exception {
    Statistics.Result result = run(sample(-1e100, 1e100, 1e100, 0, 5));
    assertThat(result.mean()).isFinite();
    assertThat(result.variance()).isFinite();
  }

  @Test
  void theLargestFitIsQuick() throws Exception {
    var steps = Steps.unlimited();
    List<Double> values = new ArrayList<>();
    List<List<Double>> regressors = new ArrayList<>();
    var random = new SplittableRandom(1);
    for (int i = 0; i < 6000; i++) {
      values.add(random.nextDouble());
    }
    for (int k = 0; k < 20; k++) {
      regressors.add(random.doubles(6000).boxed().toList());
    }
    statistics.compute(new Statistics.Input(values, regressors), steps);
    assertThat(steps.longestGap()).isLessThan(Duration.ofMillis(900));
    assertThat(steps.told).containsExactly("0/2", "1/2", "2/2");
  }

  private static List<Double> sample(double... numbers) {
    return Collections.unmodifiableList(Arrays.stream(numbers).boxed().toList());
  }

  @SafeVarargs
  private Statistics.Result run(List<Double> values, List<Double>... regressors)
      throws InterruptedException, ComputationFailed {
    Output output =
        statistics.compute(new Statistics.Input(values, List.of(regressors)), Steps.unlimited());
    return (Statistics.Result) ((Output.Json) output).value();
  }
}
