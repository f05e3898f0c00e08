package io.threadmill.redis;

import io.threadmill.job.Instance;
import io.threadmill.job.InvalidSetting;
import java.time.Duration;
import java.util.Map;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.api.redisnode.RedisMaster;
import org.redisson.api.redisnode.RedisNode.InfoSection;
import org.redisson.api.redisnode.RedisNodes;
import org.redisson.client.RedisException;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;
import org.redisson.config.DelayStrategy;
import org.redisson.config.EqualJitterDelay;
import org.redisson.config.SingleServerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the client and refuses a server the queue cannot rely on. */
final class RedisConnection {

  private static final Logger log = LoggerFactory.getLogger(RedisConnection.class);

  private static final int TIMEOUT_MILLIS = 2000;

  /** A connection that went silent is found out by a ping this often. */
  private static final int PING_MILLIS = 5000;

  /**
   * Between tries to connect anew, and between two sendings of a call. Short, so that work goes on
   * soon after Redis is back, however long it was away; spread, so that all do not come at once.
   */
  private static final DelayStrategy PAUSE =
      new EqualJitterDelay(Duration.ofMillis(100), Duration.ofSeconds(1));

  private static final String URL = "spring.data.redis.url";

  private RedisConnection() {}

  static RedissonClient open(RedisAddress address, Instance instance) {
    return open(address, URL, instance);
  }

  /**
   * @param setting what named the server
   * @throws InvalidSetting when the server cannot be reached, is too old, would evict jobs or holds
   *     jobs of another version's form
   */
  static RedissonClient open(RedisAddress address, String setting, Instance instance) {
    RedissonClient client = connect(address, instance);
    try {
      check(client.getRedisNodes(RedisNodes.SINGLE).getInstance());
      refuseOtherForm(client, setting);
      return client;
    } catch (RuntimeException refused) {
      client.shutdown();
      throw refused;
    }
  }

  private static RedissonClient connect(RedisAddress address, Instance instance) {
    var config = new Config();
    config.setCodec(StringCodec.INSTANCE); // nothing may fall back to a codec that loads classes
    config.setThreads(4);
    config.setNettyThreads(4);
    if (address.user() != null) {
      config.setUsername(address.user());
    }
    if (address.password() != null) {
      config.setPassword(address.password());
    }
    SingleServerConfig server =
        config
            .useSingleServer()
            .setAddress(address.shown())
            .setDatabase(address.database())
            .setClientName("threadmill:" + instance.name())
            .setConnectionPoolSize(24)
            .setConnectionMinimumIdleSize(4)
            .setSubscriptionConnectionPoolSize(4)
            .setSubscriptionConnectionMinimumIdleSize(1)
            .setPingConnectionInterval(PING_MILLIS);
    server
        .setTimeout(TIMEOUT_MILLIS)
        .setConnectTimeout(TIMEOUT_MILLIS)
        .setRetryAttempts(2)
        .setRetryDelay(PAUSE)
        .setReconnectionDelay(PAUSE);
    try {
      return Redisson.create(config);
    } catch (RedisException unreachable) {
      throw new InvalidSetting(
          URL,
          "Redis at %s cannot be reached or refused the password.".formatted(address.shown()),
          "Start it, or correct the setting; without the setting an embedded Redis is used.");
    }
  }

  private static void check(RedisMaster server) {
    String version = server.info(InfoSection.SERVER).getOrDefault("redis_version", "0");
    if (isOlder(version)) {
      throw new InvalidSetting(
          URL, "names a Redis " + version + ".", "Threadmill needs Redis 6.2 or newer.");
    }
    String policy;
    try {
      Map<String, String> found = server.getConfig("maxmemory-policy");
      policy = found.getOrDefault("maxmemory-policy", "noeviction");
    } catch (RedisException _) {
      log.warn(
          "Redis does not tell its maxmemory-policy: make sure it is noeviction, else jobs can be"
              + " lost");
      return;
    }
    if (!"noeviction".equals(policy)) {
      throw new InvalidSetting(
          URL,
          "names a Redis whose maxmemory-policy is " + policy + ", which can evict jobs.",
          "Run: redis-cli CONFIG SET maxmemory-policy noeviction");
    }
  }

  /** Records of another version's form would be misread, or refused one by one. */
  private static void refuseOtherForm(RedissonClient client, String setting) {
    String form =
        client
            .<String, String>getMap(RedisScripts.PREFIX + "clk", StringCodec.INSTANCE)
            .get("form");
    boolean holdsJobs =
        client
                .getKeys()
                .countExists(RedisScripts.PREFIX + "x:all", RedisScripts.PREFIX + "x:batches")
            > 0;
    if (holdsJobs && !Character.toString(PackedRecord.VERSION).equals(form)) {
      throw new InvalidSetting(
          setting,
          "names a Redis with jobs of another version of Threadmill.",
          "Name another one here; that version can still finish and answer those jobs.");
    }
  }

  /** The server's own limit of memory in bytes, 0 for none. */
  static long maxMemory(RedissonClient client) {
    return Long.parseLong(
        client
            .getRedisNodes(RedisNodes.SINGLE)
            .getInstance()
            .info(InfoSection.MEMORY)
            .getOrDefault("maxmemory", "0"));
  }

  private static boolean isOlder(String version) {
    String[] parts = version.split("\\.", -1);
    int major = Integer.parseInt(parts[0]);
    int minor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
    return major < 6 || (major == 6 && minor < 2);
  }
}
