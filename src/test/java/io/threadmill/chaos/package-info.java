/**
 * The chaos run: real instances and a real Redis, clients, faults drawn from a seed, and a checker
 * that reads what was recorded. {@link io.threadmill.chaos.ChaosRun} starts it; {@code
 * docs/reliability.md} tells what it shows.
 */
package io.threadmill.chaos;
