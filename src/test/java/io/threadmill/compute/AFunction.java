package io.threadmill.compute;

/** A function that is in order but for what a test sets. */
class AFunction implements ComputeFunction<AFunction.Input> {

  record Input(int n) {}

  String name = "square";
  int version = 1;
  String description = "Squares a number.";
  Class<?> inputType = Input.class;
  String inputSchema =
      """
      {"type":"object","properties":{"n":{"type":"integer","minimum":0,"maximum":9,"default":3}}}
      """;
  String outputSchema = "{}";
  String example = "{\"n\":2}";
  String mediaType = "application/json";
  Isolation isolation = Isolation.THREAD;

  @Override
  public String name() {
    return name;
  }

  @Override
  public int version() {
    return version;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  @SuppressWarnings("unchecked") // a test may lie about it
  public Class<Input> inputType() {
    return (Class<Input>) inputType;
  }

  @Override
  public String inputSchema() {
    return inputSchema;
  }

  @Override
  public String outputSchema() {
    return outputSchema;
  }

  @Override
  public String example() {
    return example;
  }

  @Override
  public String mediaType() {
    return mediaType;
  }

  @Override
  public Isolation isolation() {
    return isolation;
  }

  @Override
  public Output compute(Input input, ComputeContext context)
      throws InterruptedException, ComputationFailed {
    return new Output.Json(input.n() * input.n());
  }
}
