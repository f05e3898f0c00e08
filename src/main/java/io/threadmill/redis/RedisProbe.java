package io.threadmill.redis;

import io.threadmill.job.StoreProbe;
import java.util.Map;
import org.redisson.api.RedissonClient;
import org.redisson.api.redisnode.RedisMaster;
import org.redisson.api.redisnode.RedisNode.InfoSection;
import org.redisson.api.redisnode.RedisNodes;

/** Reads version and memory of the server. Thread-safe. */
final class RedisProbe implements StoreProbe {

  private final RedissonClient redisson;
  private final String mode;

  RedisProbe(RedissonClient redisson, String mode) {
    this.redisson = redisson;
    this.mode = mode;
  }

  @Override
  public Reading probe() {
    try {
      RedisMaster server = redisson.getRedisNodes(RedisNodes.SINGLE).getInstance();
      Map<String, String> about = server.info(InfoSection.SERVER);
      Map<String, String> memory = server.info(InfoSection.MEMORY);
      return new Reading(
          true,
          about.getOrDefault("redis_version", "?"),
          mode,
          Long.parseLong(memory.getOrDefault("used_memory", "0")),
          "");
    } catch (RuntimeException _) {
      return new Reading(false, "?", mode, 0, "Redis does not answer");
    }
  }
}
