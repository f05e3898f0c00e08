package io.threadmill.pool;

/**
 * A pool's numbers at one moment; they were not taken under one lock and need not add up.
 *
 * @param size the size set, core = max
 * @param running threads that exist
 * @param active jobs at work
 * @param lost threads given up because their job ignored its hard deadline
 * @param goodput jobs succeeded a second over the last ten seconds
 */
public record PoolSnapshot(
    String name, int size, int min, int max, int running, int active, int lost, double goodput) {}
