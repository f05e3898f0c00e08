/**
 * The managed executors and what runs on them: take, run, record, each step named; heartbeat,
 * deadlines, drain and the capture of failures. Entry types: {@link io.threadmill.pool.Pools} to
 * look, {@link io.threadmill.pool.Worker} for its life. Uses {@code job} alone.
 */
@NullMarked
package io.threadmill.pool;

import org.jspecify.annotations.NullMarked;
