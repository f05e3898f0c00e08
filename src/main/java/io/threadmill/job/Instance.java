package io.threadmill.job;

/**
 * This process among its equals.
 *
 * @param name unique for each start: host name, process id and a few random characters
 */
public record Instance(String name) {}
