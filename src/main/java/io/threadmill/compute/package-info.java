/**
 * The compute job type: named functions that turn a JSON input into a JSON or binary result. What a
 * user implements is {@link io.threadmill.compute.ComputeFunction}; {@code Functions} holds those
 * there are, {@code ComputeHandler} runs them, unless {@code ResultCache} has the answer. Uses
 * {@code job} and {@code cache}.
 *
 * <p>Where later work joins: a function that can split its work will say so by a further interface,
 * found by {@code Functions} as this one is; {@link io.threadmill.compute.Isolation} is where a
 * worker process will take the place of the thread.
 */
@NullMarked
package io.threadmill.compute;

import org.jspecify.annotations.NullMarked;
