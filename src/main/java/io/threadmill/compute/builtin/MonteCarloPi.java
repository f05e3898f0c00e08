package io.threadmill.compute.builtin;

import io.threadmill.compute.ComputeContext;
import io.threadmill.compute.ComputeFunction;
import io.threadmill.compute.Output;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.springframework.stereotype.Component;

/**
 * Estimates pi by the share of random points of a square that fall into a quarter circle. The
 * points come from L64X128MixRandom, which {@code java.util.random} specifies, so that a seed gives
 * the same ones on every machine. Stateless.
 */
@Component
final class MonteCarloPi implements ComputeFunction<MonteCarloPi.Input> {

  private static final int POINTS_BETWEEN_CHECKS = 1 << 16;

  record Input(long samples, long seed) {}

  record Result(double estimate, double standardError, long samples, long seed) {}

  @Override
  public String name() {
    return "monte-carlo-pi";
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public String description() {
    return "Estimates pi from random points. The same seed and number of samples always give the"
        + " same result.";
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
        "samples": {
          "type": "integer", "minimum": 1, "maximum": 10000000000, "default": 1000000,
          "description": "How many points are drawn."
        },
        "seed": {
          "type": "integer", "minimum": 0, "maximum": 9007199254740991, "default": 1,
          "description": "Where the random sequence begins."
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
        "estimate": { "type": "number", "minimum": 0, "maximum": 4 },
        "standardError": { "type": "number", "minimum": 0 },
        "samples": { "type": "integer" },
        "seed": { "type": "integer" }
      },
      "required": ["estimate", "standardError", "samples", "seed"],
      "additionalProperties": false
    }
    """;
  }

  @Override
  public String example() {
    return """
    { "samples": 100000, "seed": 42 }
    """;
  }

  @Override
  public Output compute(Input input, ComputeContext context) throws InterruptedException {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(input.seed());
    long inside = 0;
    for (long drawn = 0; drawn < input.samples(); drawn += POINTS_BETWEEN_CHECKS) {
      context.check();
      context.progress(drawn, input.samples());
      inside += inside(random, (int) Math.min(POINTS_BETWEEN_CHECKS, input.samples() - drawn));
    }
    context.progress(input.samples(), input.samples());
    double share = (double) inside / input.samples();
    return new Output.Json(
        new Result(
            4 * share,
            4 * Math.sqrt(share * (1 - share) / input.samples()),
            input.samples(),
            input.seed()));
  }

  private static int inside(RandomGenerator random, int points) {
    int inside = 0;
    for (int i = 0; i < points; i++) {
      double x = random.nextDouble();
      double y = random.nextDouble();
      if (x * x + y * y < 1) {
        inside++;
      }
    }
    return inside;
  }
}
