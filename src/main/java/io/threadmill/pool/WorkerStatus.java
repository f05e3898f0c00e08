package io.threadmill.pool;

import java.time.Duration;
import java.util.Map;

/**
 * How the work goes on this instance, for health and metrics.
 *
 * @param sinceTake per pool, how long ago a take round last succeeded, empty-handed ones included
 * @param sinceBeat how long ago the instance's lease was last renewed
 * @param failures exceptions and errors that escaped handlers since the start, by class name, at
 *     most 50 names
 */
public record WorkerStatus(
    boolean running,
    boolean draining,
    Map<String, Duration> sinceTake,
    Duration sinceBeat,
    int held,
    Map<String, Long> failures) {}
