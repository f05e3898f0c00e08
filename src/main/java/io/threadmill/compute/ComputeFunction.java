package io.threadmill.compute;

import io.threadmill.job.Violations;

/**
 * A named computation. A Spring bean implementing this is all a new function needs; {@code
 * docs/compute.md} shows one in a jar of its own. What it says of itself is read once, at the
 * start, and a start with a function that is not in order is refused. Called from many threads at
 * once, so an implementation is stateless or thread-safe.
 *
 * <p>Its result depends on its input alone. Whoever changes what it gives for an input raises
 * {@link #version()}, because results of equal work may be kept and given again.
 *
 * @param <I> the input: a record that Jackson binds strictly, after the input was checked against
 *     {@link #inputSchema()} and the defaults given there were filled in
 */
public interface ComputeFunction<I> {

  /** Small letters, digits and single hyphens, at most 64: {@code word-count}. Unique. */
  String name();

  /** 1 or more; goes up whenever an input gives another result than before. */
  int version();

  /** What it computes, in a sentence or two. */
  String description();

  Class<I> inputType();

  /**
   * The input's JSON Schema (draft 2020-12) as text, of {@code "type": "object"}. A reference in it
   * stays within it. A property's {@code default} is what an input without that property gets.
   */
  String inputSchema();

  /** The result's JSON Schema as text; of a binary result {@code {"type": "string"}} will do. */
  String outputSchema();

  /** An input that is valid and quick to compute, as JSON text. */
  String example();

  /** Where it runs when a job does not say. */
  default Isolation isolation() {
    return Isolation.THREAD;
  }

  /** The media type of its result. */
  default String mediaType() {
    return "application/json";
  }

  /**
   * Checks at submit what a schema cannot say, such as the distance of two fields. Reports each
   * fault with a JSON Pointer relative to the input. Must be quick.
   */
  default void check(I input, Violations violations) {}

  /**
   * Computes. An exception other than these two fails the attempt as {@code handler-exception}.
   *
   * @throws InterruptedException from {@link ComputeContext#check()}
   * @throws ComputationFailed when the input turns out to have no result
   */
  Output compute(I input, ComputeContext context) throws InterruptedException, ComputationFailed;
}
