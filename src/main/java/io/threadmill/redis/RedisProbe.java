package io.threadmill.redis;

import io.threadmill.job.StoreProbe;
import io.threadmill.job.ThreadmillException;
import io.threadmill.redis.RedisScripts.Script;
import java.util.List;

/** Reads version and memory of the server. Thread-safe. */
final class RedisProbe implements StoreProbe {

  private final RedisScripts scripts;
  private final String mode;

  RedisProbe(RedisScripts scripts, String mode) {
    this.scripts = scripts;
    this.mode = mode;
  }

  @Override
  public Reading probe() {
    try {
      List<Object> told = scripts.once(Script.PROBE, List.of());
      return new Reading(
          true, (String) told.get(0), mode, Long.parseLong((String) told.get(1)), "");
    } catch (ThreadmillException _) {
      return new Reading(false, "?", mode, 0, "Redis does not answer");
    }
  }
}
