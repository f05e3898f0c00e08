package io.threadmill.compute;

/**
 * What is computed, apart from who asked and how: equal for equal work, on every instance.
 *
 * @param input the bound input as JSON text in one canonical form: all defaults filled in, keys
 *     sorted, numbers in one way of writing
 */
record Work(String function, int version, String input) {}
