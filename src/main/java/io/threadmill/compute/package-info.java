/**
 * The compute job type: named functions that turn a JSON input into a JSON or binary result. What a
 * user implements is {@link io.threadmill.compute.ComputeFunction}; {@code Functions} holds those
 * there are, {@code ComputeHandler} runs them. Uses {@code job}.
 *
 * <p>Where later work joins: {@code ComputeHandler.run} has a {@code Task}, whose {@code work()} is
 * equal for equal work and so is what a cache of results is asked with, before {@code compute} is
 * called. A function that can split its work will say so by a further interface, found by {@code
 * Functions} as this one is; {@link io.threadmill.compute.Isolation} is where a worker process will
 * take the place of the thread.
 */
@NullMarked
package io.threadmill.compute;

import org.jspecify.annotations.NullMarked;
