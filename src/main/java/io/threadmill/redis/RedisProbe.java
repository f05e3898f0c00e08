package io.threadmill.redis;

import io.threadmill.job.StoreProbe;
import io.threadmill.job.ThreadmillException;
import io.threadmill.redis.RedisScripts.Script;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads version, memory and backlog of the server. Thread-safe. */
final class RedisProbe implements StoreProbe {

  private static final List<String> POOLS = List.of("scrape", "compute", "webhook");

  private final RedisScripts scripts;
  private final String mode;
  private final QueueBudget budget;

  RedisProbe(RedisScripts scripts, String mode, QueueBudget budget) {
    this.scripts = scripts;
    this.mode = mode;
    this.budget = budget;
  }

  @Override
  public Reading probe() {
    try {
      List<Object> told = scripts.once(Script.PROBE, POOLS);
      return new Reading(true, (String) told.get(0), mode, number(told, 1), "", load(told));
    } catch (ThreadmillException _) {
      return new Reading(false, "?", mode, 0, "Redis does not answer");
    }
  }

  private Load load(List<Object> told) {
    var oldest = new HashMap<String, Duration>();
    for (int i = 0; i < POOLS.size(); i++) {
      oldest.put(POOLS.get(i), Duration.ofMillis(number(told, 5 + i)));
    }
    Map<String, Double> budgets =
        Map.of(
            "jobs", (double) number(told, 3) / budget.jobs(),
            "bytes", (double) number(told, 4) / budget.bytes());
    return new Load(
        number(told, 2), budgets, oldest, Duration.ofMillis(number(told, 5 + POOLS.size())));
  }

  private static long number(List<Object> told, int index) {
    return Long.parseLong((String) told.get(index));
  }
}
