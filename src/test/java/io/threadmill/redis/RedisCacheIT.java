package io.threadmill.redis;

import static io.threadmill.redis.CacheHarness.entry;
import static io.threadmill.redis.CacheHarness.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.cache.CacheStore.Usage;
import io.threadmill.cache.SharedCache.Entry;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.redisson.api.RScript;
import org.redisson.client.codec.StringCodec;

/** The shared maps on a real Redis. */
@Timeout(90)
class RedisCacheIT {

  private static final long NEAR = 1_000_000;
  private static final long TIME = 1_800_000_000_000L;

  @BeforeEach
  void flush() {
    RedisFixture.flush();
  }

  private static CacheHarness stack(long nearBytes) {
    return new CacheHarness(RedisFixture.uri(), nearBytes);
  }

  @Test
  void whatOneInstanceKeepsAnotherFinds() {
    try (var one = stack(NEAR);
        var two = stack(NEAR)) {
      one.cache.keep(key(1), entry(1000));
      Entry found = two.cache.find(key(1)).orElseThrow();
      assertThat(found.body()).isEqualTo(entry(1000).body());
      assertThat(found.head()).isEqualTo(entry(1000).head());
      assertThat(found.storedAt()).isEqualTo(entry(1000).storedAt());
      assertThat(two.cache.find(key(2))).isEmpty();
      assertThat(two.heard).containsOnlyKeys("got HIT", "got MISS");
    }
  }

  @Test
  void eachEntryHasAnEndOfItsOwn() {
    try (var one = stack(NEAR)) {
      one.setTime(TIME);
      one.cache.keep(key(1), entry(10), Duration.ofSeconds(5));
      one.cache.keep(key(2), entry(10), Duration.ofSeconds(10));
      one.advance(Duration.ofMillis(4999));
      assertThat(one.cache.find(key(1))).isPresent();
      one.advance(Duration.ofMillis(1));
      assertThat(one.cache.find(key(1))).isEmpty();
      assertThat(one.cache.find(key(2))).isPresent();
      assertThat(one.holds(key(1))).as("what expired is removed when it is asked for").isFalse();
      one.advance(Duration.ofSeconds(5));
      assertThat(one.cache.find(key(2))).isEmpty();
      assertThat(one.cache.usage()).isEqualTo(new Usage(0, 0));
    }
  }

  @Test
  void aPutDropsWhatExpiredInItsShard() {
    try (var one = stack(0)) {
      one.setTime(TIME);
      for (int i = 0; i < 320; i++) {
        one.cache.keep(key(i), entry(10), Duration.ofSeconds(1));
      }
      one.advance(Duration.ofSeconds(2));
      for (int i = 1000; i < 1320; i++) {
        one.cache.keep(key(i), entry(10), Duration.ofHours(1));
      }
      assertThat(one.cache.usage().entries()).isEqualTo(320);
      assertThat(one.heard("evicted")).isZero();
    }
  }

  @Test
  void theMapsTimeBoundsAnEntrys() {
    try (var one = stack(0)) {
      one.setTime(TIME);
      one.cache.keep(key(1), entry(10), Duration.ofDays(300));
      one.advance(Duration.ofHours(24));
      assertThat(one.cache.find(key(1))).isEmpty();
    }
  }

  @Test
  void theBudgetHoldsUnderAFloodAndWhatExpiresSoonestGoes() {
    try (var one = stack(0)) {
      one.setTime(TIME);
      var random = new SplittableRandom(3);
      for (int i = 0; i < 1500; i++) {
        one.cache.keep(
            key(i), entry(random.nextInt(1, 18_000)), Duration.ofMinutes(i % 2 == 0 ? 1 : 60));
        if (i % 100 == 0) {
          assertThat(one.cache.usage().bytes()).isLessThanOrEqualTo(CacheHarness.BUDGET);
        }
      }
      Usage usage = one.cache.usage();
      assertThat(usage.bytes()).isBetween(CacheHarness.BUDGET / 2, CacheHarness.BUDGET);
      assertThat(one.heard("put KEPT")).isEqualTo(1500);
      assertThat(one.heard("evicted")).isEqualTo((int) (1500 - usage.entries()));
      int shortLived = 0;
      for (int i = 0; i < 1400; i += 2) { // the last ones had no time to be driven out
        shortLived += one.cache.find(key(i)).isPresent() ? 1 : 0;
      }
      assertThat(shortLived).isLessThan(10);
      assertThat(usage.bytes()).as("the sum is what is there").isEqualTo(recount(one));
    }
  }

  /** Redis's own lengths, summed by its own hand. */
  private static long recount(CacheHarness one) {
    long bytes = 0;
    for (char shard : "0123456789abcdef".toCharArray()) {
      Long sum =
          one.redisson
              .getScript(StringCodec.INSTANCE)
              .eval(
                  RScript.Mode.READ_ONLY,
                  """
                  local sum = 0
                  for _, fp in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
                    sum = sum + redis.call('HSTRLEN', KEYS[1], fp) + 330
                  end
                  return sum
                  """,
                  RScript.ReturnType.LONG,
                  List.of(
                      RedisCacheStore.entries(CacheHarness.MAP, shard),
                      RedisCacheStore.expiries(CacheHarness.MAP, shard)));
      bytes += sum;
    }
    return bytes;
  }

  @Test
  void theSumIsNearWhatRedisSpends() {
    try (var one = stack(0)) {
      for (int i = 0; i < 2000; i++) {
        one.cache.keep(key(i), entry(200));
      }
      long spent = 0;
      for (char shard : "0123456789abcdef".toCharArray()) {
        for (String name :
            new String[] {
              RedisCacheStore.entries(CacheHarness.MAP, shard),
              RedisCacheStore.expiries(CacheHarness.MAP, shard)
            }) {
          Long used =
              one.redisson
                  .getScript(StringCodec.INSTANCE)
                  .eval(
                      RScript.Mode.READ_ONLY,
                      "return redis.call('MEMORY', 'USAGE', KEYS[1], 'SAMPLES', '0')",
                      RScript.ReturnType.LONG,
                      List.of(name));
          spent += used;
        }
      }
      assertThat(one.cache.usage().bytes()).isBetween(spent * 8 / 10, spent * 13 / 10);
    }
  }

  @Test
  void anEvictionReachesTheCopiesOfOthers() {
    try (var one = stack(NEAR);
        var two = stack(NEAR)) {
      one.cache.keep(key(1), entry(10));
      one.cache.keep(key(2), entry(10));
      two.cache.find(key(1));
      two.cache.find(key(2));
      one.cache.evict(key(1));
      await().until(() -> two.cache.find(key(1)).isEmpty());
      assertThat(two.cache.find(key(2))).isPresent();
      assertThat(two.heard("got NEAR")).isPositive();
    }
  }

  @Test
  void aReplacementReachesTheCopiesOfOthers() {
    try (var one = stack(NEAR);
        var two = stack(NEAR)) {
      one.cache.keep(key(1), entry(10));
      two.cache.find(key(1));
      one.cache.keep(key(1), entry(20));
      await().until(() -> two.cache.find(key(1)).orElseThrow().body().length == 20);
    }
  }

  @Test
  void aClearedMapIsEmptyEverywhere() {
    try (var one = stack(NEAR);
        var two = stack(NEAR)) {
      for (int i = 0; i < 100; i++) {
        one.cache.keep(key(i), entry(10));
        two.cache.find(key(i));
      }
      one.cache.clear();
      assertThat(one.cache.usage()).isEqualTo(Usage.NONE);
      await()
          .until(() -> {
            for (int i = 0; i < 100; i++) {
              if (two.cache.find(key(i)).isPresent()) {
                return false;
              }
            }
            return true;
          });
    }
  }

  @Test
  void copiesGoWhenMessagesMayHaveBeenMissed() {
    try (var one = stack(NEAR);
        var two = stack(NEAR)) {
      one.cache.keep(key(1), entry(10));
      two.cache.find(key(1));
      two.cache.find(key(1));
      int near = two.heard("got NEAR");
      assertThat(near).isPositive();
      RedisFixture.command("CLIENT KILL TYPE pubsub");
      // With the entry gone behind everybody's back, only a copy can still be found.
      for (char shard : "0123456789abcdef".toCharArray()) {
        one.redisson.getKeys().delete(RedisCacheStore.entries(CacheHarness.MAP, shard));
      }
      await().atMost(Duration.ofSeconds(20)).until(() -> two.cache.find(key(1)).isEmpty());
    }
  }
}
