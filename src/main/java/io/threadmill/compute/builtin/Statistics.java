package io.threadmill.compute.builtin;

import io.threadmill.compute.ComputationFailed;
import io.threadmill.compute.ComputeContext;
import io.threadmill.compute.ComputeFunction;
import io.threadmill.compute.Output;
import io.threadmill.job.Violations;
import java.util.List;
import org.hipparchus.stat.descriptive.DescriptiveStatistics;
import org.hipparchus.stat.descriptive.rank.Percentile;
import org.hipparchus.stat.descriptive.rank.Percentile.EstimationType;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Describes a sample, and regresses it on others by least squares. Stateless. */
@Component
final class Statistics implements ComputeFunction<Statistics.Input> {

  record Input(List<Double> values, List<List<Double>> regressors) {}

  /** What a sample too small or too even does not have is null. */
  record Result(
      long count,
      double mean,
      @Nullable Double variance,
      @Nullable Double standardDeviation,
      double min,
      double lowerQuartile,
      double median,
      double upperQuartile,
      double max,
      @Nullable Double skewness,
      @Nullable Double kurtosis,
      @Nullable Regression regression) {}

  @Override
  public String name() {
    return "statistics";
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public String description() {
    return "Describes a sample of numbers. Where regressors are given, also fits the values to them"
        + " by ordinary least squares, with an intercept.";
  }

  @Override
  public Class<Input> inputType() {
    return Input.class;
  }

  @Override
  public String inputSchema() {
    return """
    {
      "type": "object",
      "properties": {
        "values": {
          "type": "array", "minItems": 1, "maxItems": 100000,
          "items": { "type": "number", "minimum": -1e100, "maximum": 1e100 },
          "default": [2, 4, 4, 4, 5, 5, 7, 9],
          "description": "The sample; in a regression, what is explained."
        },
        "regressors": {
          "type": "array", "maxItems": 20,
          "items": {
            "type": "array", "minItems": 1, "maxItems": 100000,
            "items": { "type": "number", "minimum": -1e100, "maximum": 1e100 }
          },
          "default": [],
          "description": "What explains: lists as long as values. None: no regression."
        }
      },
      "additionalProperties": false
    }
    """;
  }

  @Override
  public String outputSchema() {
    return """
    {
      "type": "object",
      "properties": {
        "count": { "type": "integer", "minimum": 1 },
        "mean": { "type": "number" },
        "variance": {
          "type": ["number", "null"],
          "description": "Of the sample: divided by count - 1. null of a single value."
        },
        "standardDeviation": { "type": ["number", "null"] },
        "min": { "type": "number" },
        "lowerQuartile": {
          "type": "number",
          "description": "By linear interpolation (type 7 of Hyndman and Fan), as the others."
        },
        "median": { "type": "number" },
        "upperQuartile": { "type": "number" },
        "max": { "type": "number" },
        "skewness": {
          "type": ["number", "null"],
          "description": "Adjusted (G1). null of fewer than 3 values, or where all are equal."
        },
        "kurtosis": {
          "type": ["number", "null"],
          "description": "Excess, adjusted (G2). null of fewer than 4, or where all are equal."
        },
        "regression": {
          "type": ["object", "null"],
          "properties": {
            "intercept": { "type": "number" },
            "coefficients": { "type": "array", "items": { "type": "number" } },
            "standardErrors": {
              "type": "array", "items": { "type": "number" },
              "description": "Of the intercept, then of each coefficient."
            },
            "rSquared": {
              "type": ["number", "null"], "description": "null where all values are equal."
            },
            "residualStandardError": { "type": "number" }
          },
          "required": [
            "intercept", "coefficients", "standardErrors", "rSquared", "residualStandardError"
          ],
          "additionalProperties": false
        }
      },
      "required": [
        "count", "mean", "variance", "standardDeviation", "min", "lowerQuartile", "median",
        "upperQuartile", "max", "skewness", "kurtosis", "regression"
      ],
      "additionalProperties": false
    }
    """;
  }

  @Override
  public String example() {
    return """
    { "values": [1, 3, 5, 8], "regressors": [[0, 1, 2, 3]] }
    """;
  }

  @Override
  public void check(Input input, Violations violations) {
    int count = input.values().size();
    List<List<Double>> regressors = input.regressors();
    for (int i = 0; i < regressors.size(); i++) {
      if (regressors.get(i).size() != count) {
        violations.add(
            "/regressors/" + i,
            "must have as many elements as values, %d, but has %d"
                .formatted(count, regressors.get(i).size()));
      }
    }
    int least = regressors.size() + 2;
    if (!regressors.isEmpty() && count < least) {
      violations.add(
          "/values",
          "must have at least %d elements for %d regressors".formatted(least, regressors.size()));
    }
  }

  @Override
  public Output compute(Input input, ComputeContext context)
      throws InterruptedException, ComputationFailed {
    context.check();
    int steps = input.regressors().isEmpty() ? 1 : 2;
    context.progress(0, steps);
    double[] values = array(input.values());
    Regression regression = null;
    if (steps == 2) {
      regression =
          Regression.of(
              values,
              input.regressors().stream().map(Statistics::array).toArray(double[][]::new),
              context);
      context.progress(1, steps);
    }
    Result result = describe(values, regression);
    context.progress(steps, steps);
    return new Output.Json(result);
  }

  private static double[] array(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static Result describe(double[] values, @Nullable Regression regression) {
    var sample = new DescriptiveStatistics(values);
    var percentile = new Percentile().withEstimationType(EstimationType.R_7);
    percentile.setData(values);
    boolean varied = sample.getMax() > sample.getMin();
    return new Result(
        sample.getN(),
        sample.getMean(),
        values.length < 2 ? null : Double.valueOf(sample.getVariance()),
        values.length < 2 ? null : Double.valueOf(sample.getStandardDeviation()),
        sample.getMin(),
        percentile.evaluate(25),
        percentile.evaluate(50),
        percentile.evaluate(75),
        sample.getMax(),
        varied ? finite(sample.getSkewness()) : null,
        varied ? finite(sample.getKurtosis()) : null,
        regression);
  }

  /** Null for what the sample does not have. */
  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
