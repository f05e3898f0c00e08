package com.example.collatz;

import io.threadmill.compute.ComputationFailed;
import io.threadmill.compute.ComputeContext;
import io.threadmill.compute.ComputeFunction;
import io.threadmill.compute.Output;

public final class Collatz implements ComputeFunction<Collatz.Input> {

  public record Input(long start, int limit) {}

  public record Result(int steps, long highest) {}

  @Override
  public String name() {
    return "collatz";
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public String description() {
    return "Counts the steps of 3n+1 until 1.";
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
        "start": { "type": "integer", "minimum": 1, "maximum": 1000000000000 },
        "limit": { "type": "integer", "minimum": 1, "maximum": 10000000, "default": 10000 }
      },
      "required": ["start"],
      "additionalProperties": false
    }
    """;
  }

  @Override
  public String outputSchema() {
    return """
    {
      "type": "object",
      "properties": { "steps": { "type": "integer" }, "highest": { "type": "integer" } }
    }
    """;
  }

  @Override
  public String example() {
    return """
    { "start": 27 }
    """;
  }

  @Override
  public Output compute(Input input, ComputeContext context)
      throws InterruptedException, ComputationFailed {
    long n = input.start();
    long highest = n;
    int steps = 0;
    for (; n != 1; steps++) {
      if (steps == input.limit()) {
        throw new ComputationFailed("1 was not reached in " + input.limit() + " steps.");
      }
      if (steps % 10_000 == 0) {
        context.check();
        context.progress(steps, input.limit());
      }
      n = n % 2 == 0 ? n / 2 : Math.addExact(Math.multiplyExact(3, n), 1);
      highest = Math.max(highest, n);
    }
    return new Output.Json(new Result(steps, highest));
  }
}
