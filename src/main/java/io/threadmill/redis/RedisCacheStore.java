package io.threadmill.redis;

import io.threadmill.cache.CacheStore;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.redis.CacheScripts.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.redisson.api.BatchOptions;
import org.redisson.api.RBatch;
import org.redisson.api.RTopic;
import org.redisson.api.RedissonClient;
import org.redisson.api.listener.StatusListener;
import org.redisson.client.RedisException;
import org.redisson.client.codec.StringCodec;

/**
 * The maps, each split over {@link #SHARDS} slots by the first digit of the fingerprint. What a
 * shard is made of stands in {@code /lua/cache/preamble.lua}. Thread-safe.
 */
final class RedisCacheStore implements CacheStore {

  /** Enough to spread a map over a Cluster, few enough to look at all of them. */
  static final int SHARDS = 16;

  private static final String DIGITS = "0123456789abcdef";
  private static final String ALL = "*";

  private final RedissonClient redisson;
  private final CacheScripts scripts;

  RedisCacheStore(RedissonClient redisson, CacheScripts scripts) {
    this.redisson = redisson;
    this.scripts = scripts;
  }

  static String entries(String map, char shard) {
    return "{tmc:" + map + ":" + shard + "}:e";
  }

  static String expiries(String map, char shard) {
    return "{tmc:" + map + ":" + shard + "}:x";
  }

  static String channel(String map) {
    return "tmc:" + map + ":gone";
  }

  private static List<Object> keys(String map, char shard) {
    return List.of(entries(map, shard), expiries(map, shard));
  }

  private static List<Object> keys(String map, String fingerprint) {
    return keys(map, fingerprint.charAt(0));
  }

  @Override
  public Optional<Stored> get(String map, String fingerprint) {
    List<Object> found = scripts.run(Script.GET, keys(map, fingerprint), fingerprint);
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(new Stored((byte[]) found.get(0), Duration.ofMillis((Long) found.get(1))));
  }

  @Override
  public Placed put(String map, String fingerprint, byte[] packed, Duration ttl, long budget) {
    List<Object> told =
        scripts.run(
            Script.PUT,
            keys(map, fingerprint),
            fingerprint,
            packed,
            ttl.toMillis(),
            budget / SHARDS,
            channel(map));
    return new Placed((Long) told.get(0) == 1, Math.toIntExact((Long) told.get(1)));
  }

  @Override
  public void evict(String map, String fingerprint) {
    scripts.run(Script.EVICT, keys(map, fingerprint), fingerprint, channel(map));
  }

  @Override
  public void clear(String map) {
    for (char shard : DIGITS.toCharArray()) {
      scripts.run(Script.CLEAR, keys(map, shard), channel(map));
    }
  }

  /** One round trip on a single server, none of it a scan. */
  @Override
  public Usage usage(String map) {
    RBatch batch =
        redisson.createBatch(
            BatchOptions.defaults()
                .retryAttempts(0)
                .responseTimeout(scripts.patience().toMillis(), TimeUnit.MILLISECONDS));
    for (char shard : DIGITS.toCharArray()) {
      batch.getScoredSortedSet(expiries(map, shard), StringCodec.INSTANCE).sizeAsync();
      batch.<String, String>getMap(entries(map, shard), StringCodec.INSTANCE).getAsync("#");
    }
    List<?> told;
    try {
      told = new ArrayList<>(batch.execute().getResponses());
    } catch (RedisException away) {
      throw new StoreUnavailable("Redis did not answer", away);
    }
    long entries = 0;
    long bytes = 0;
    for (int i = 0; i < told.size(); i += 2) {
      entries += ((Number) told.get(i)).longValue();
      bytes += told.get(i + 1) == null ? 0 : Long.parseLong(String.valueOf(told.get(i + 1)));
    }
    return new Usage(entries, bytes);
  }

  @Override
  public void follow(String map, Follower follower) {
    RTopic topic = redisson.getTopic(channel(map), StringCodec.INSTANCE);
    topic.addListener(
        new StatusListener() {
          @Override
          public void onSubscribe(String channel) {
            follower.allGone(); // what was told while nobody listened is not known
          }

          @Override
          public void onUnsubscribe(String channel) {
            follower.allGone();
          }
        });
    topic.addListener(
        String.class,
        (_, message) -> {
          if (message.equals(ALL)) {
            follower.allGone();
          } else {
            follower.gone(message);
          }
        });
  }
}
