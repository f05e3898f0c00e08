package io.threadmill.compute.builtin;

import io.threadmill.compute.ComputeContext;
import io.threadmill.compute.ComputeFunction;
import io.threadmill.compute.Output;
import io.threadmill.job.Violations;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Counts the primes of a range. Stateless. */
@Component
final class Primes implements ComputeFunction<Primes.Input> {

  /** About a minute of one core. */
  static final long WIDEST = 10_000_000_000L;

  record Input(long from, long to) {}

  record Result(long count, @Nullable Long largest) {}

  @Override
  public String name() {
    return "primes";
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public String description() {
    return "Counts the primes from one number to another, both included, and tells the largest.";
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
        "from": {
          "type": "integer", "minimum": 0, "maximum": 1000000000000,
          "description": "The first number of the range."
        },
        "to": {
          "type": "integer", "minimum": 0, "maximum": 1000000000000,
          "description": "The last number of the range: not below from, and at most 10000000000 above it."
        }
      },
      "required": ["from", "to"],
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
        "count": { "type": "integer", "minimum": 0 },
        "largest": { "type": ["integer", "null"], "description": "null where there is none." }
      },
      "required": ["count", "largest"],
      "additionalProperties": false
    }
    """;
  }

  @Override
  public String example() {
    return """
    { "from": 1, "to": 100 }
    """;
  }

  @Override
  public void check(Input input, Violations violations) {
    if (input.to() < input.from()) {
      violations.add("/to", "must not be below from, which is " + input.from());
    } else if (input.to() - input.from() > WIDEST) {
      violations.add("/to", "must be at most %d above from".formatted(WIDEST));
    }
  }

  @Override
  public Output compute(Input input, ComputeContext context) throws InterruptedException {
    SegmentedSieve.Tally tally = SegmentedSieve.count(input.from(), input.to(), context);
    return new Output.Json(
        new Result(tally.count(), tally.largest() == 0 ? null : Long.valueOf(tally.largest())));
  }
}
