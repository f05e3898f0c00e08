package io.threadmill.redis;

import io.threadmill.cache.CacheListener;
import io.threadmill.cache.Fingerprint;
import io.threadmill.cache.SharedCache;
import io.threadmill.cache.SharedCache.Bounds;
import io.threadmill.cache.SharedCache.Entry;
import io.threadmill.job.Instance;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.client.codec.StringCodec;

/** One instance's whole stack over a map, with a client of its own and clocks that tests move. */
final class CacheHarness implements AutoCloseable {

  static final String MAP = "responses";
  static final long BUDGET = 1_600_000; // 100 000 a shard

  final RedissonClient redisson;
  final RedisCacheStore store;
  final SharedCache cache;
  final Map<String, Integer> heard = new ConcurrentHashMap<>();
  private volatile long now;
  private volatile long nanos;

  CacheHarness(URI server, long nearBytes) {
    this(server, nearBytes, Duration.ofSeconds(20));
  }

  CacheHarness(URI server, long nearBytes, Duration patience) {
    redisson = RedisConnection.open(RedisAddress.parse(server.toString()), new Instance("test"));
    store =
        new RedisCacheStore(
            redisson,
            new CacheScripts(
                redisson, () -> now == 0 ? "" : Long.toString(now), List.of(), patience));
    cache =
        new SharedCache(
            MAP,
            store,
            new Bounds(nearBytes, BUDGET, 20_000, Duration.ofHours(24)),
            () -> nanos,
            List.of(
                new CacheListener() {
                  @Override
                  public void got(String map, Get result) {
                    heard.merge("got " + result, 1, Integer::sum);
                  }

                  @Override
                  public void put(String map, Put outcome) {
                    heard.merge("put " + outcome, 1, Integer::sum);
                  }

                  @Override
                  public void evicted(String map, int entries) {
                    heard.merge("evicted", entries, Integer::sum);
                  }
                }));
  }

  /** From now on scripts are told this instant. */
  void setTime(long millis) {
    now = millis;
  }

  void advance(Duration by) {
    now += by.toMillis();
    nanos += by.toNanos();
  }

  int heard(String what) {
    return heard.getOrDefault(what, 0);
  }

  static Fingerprint key(int number) {
    return Fingerprint.of("test").with("n", Integer.toString(number)).end();
  }

  static Entry entry(int bytes) {
    byte[] body = new byte[bytes];
    new SplittableRandom(bytes).nextBytes(body);
    return new Entry(Instant.ofEpochSecond(1_800_000_000), new byte[] {1, 2}, body);
  }

  /** Writes past the scripts, as a foreign program would. */
  void plant(Fingerprint key, byte[] bytes, boolean withExpiry) {
    char shard = key.hex().charAt(0);
    redisson
        .<byte[], byte[]>getMap(RedisCacheStore.entries(MAP, shard), ByteArrayCodec.INSTANCE)
        .fastPut(key.hex().getBytes(StandardCharsets.US_ASCII), bytes);
    if (withExpiry) {
      redisson
          .<String>getScoredSortedSet(RedisCacheStore.expiries(MAP, shard), StringCodec.INSTANCE)
          .add(9e12, key.hex());
    }
  }

  boolean holds(Fingerprint key) {
    char shard = key.hex().charAt(0);
    return redisson
            .<String, String>getMap(RedisCacheStore.entries(MAP, shard), StringCodec.INSTANCE)
            .containsKey(key.hex())
        || redisson
            .<String>getScoredSortedSet(RedisCacheStore.expiries(MAP, shard), StringCodec.INSTANCE)
            .contains(key.hex());
  }

  @Override
  public void close() {
    redisson.shutdown();
  }
}
