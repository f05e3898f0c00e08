package io.threadmill.telemetry;

import io.threadmill.cache.Caches;
import io.threadmill.cache.SharedCache;
import io.threadmill.job.Jobs;
import io.threadmill.job.StoreProbe;
import io.threadmill.job.Ticker;
import io.threadmill.pool.Pools;
import io.threadmill.pool.Worker;
import java.lang.management.ManagementFactory;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Wires the board and its six components; a component's name is its bean's without the suffix. All
 * of them only read the board.
 */
@Configuration(proxyBeanMethods = false)
class TelemetryConfiguration {

  @Bean
  HealthBoard healthBoard(
      StoreProbe store, Jobs jobs, Worker worker, Pools pools, Caches caches, Ticker ticker) {
    return new HealthBoard(
        HealthBoard.Sources.of(
            store, jobs, worker, pools, caches, TelemetryConfiguration::deadlocked),
        ticker);
  }

  /** Platform threads only: the JVM does not look for deadlocks of virtual threads. */
  private static int deadlocked() {
    long[] ids = ManagementFactory.getThreadMXBean().findDeadlockedThreads();
    return ids == null ? 0 : ids.length;
  }

  @Bean
  StateGauges stateGauges(HealthBoard board, Pools pools) {
    return new StateGauges(board, pools);
  }

  @Bean
  CacheGauges cacheGauges(HealthBoard board, Caches caches) {
    return new CacheGauges(board, caches.all().stream().map(SharedCache::name).toList());
  }

  @Bean
  HealthIndicator redisHealthIndicator(HealthBoard board) {
    return () -> Verdicts.redis(board.seen());
  }

  @Bean
  HealthIndicator queueHealthIndicator(HealthBoard board, Tally tally) {
    return () -> Verdicts.queue(board.seen(), tally);
  }

  @Bean
  HealthIndicator poolHealthIndicator(HealthBoard board) {
    return () -> Verdicts.pool(board.seen());
  }

  @Bean
  HealthIndicator threadsHealthIndicator(HealthBoard board) {
    return () -> Verdicts.threads(board.seen());
  }

  @Bean
  HealthIndicator workersHealthIndicator() {
    return Verdicts::workers;
  }

  @Bean
  HealthIndicator monitorHealthIndicator() {
    return Verdicts::monitor;
  }
}
