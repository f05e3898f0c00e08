package io.threadmill.redis;

import static io.threadmill.redis.CacheHarness.entry;
import static io.threadmill.redis.CacheHarness.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.threadmill.cache.CacheStore.Usage;
import io.threadmill.cache.Fingerprint;
import io.threadmill.job.StoreUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.redisson.api.redisnode.RedisNodes;

/** The shared maps when Redis is away, slow or full, or holds what nobody of ours wrote. */
@Timeout(90)
class RedisCacheFaultIT {

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
  void whatIsNoEntryIsAMissCountedAndRemoved() {
    try (var one = stack(NEAR)) {
      var random = new SplittableRandom(11);
      byte[] good = packed(one);
      for (int i = 0; i < 1000; i++) {
        byte[] bad =
            switch (i % 4) {
              case 0 -> {
                byte[] noise = new byte[random.nextInt(1, 500)];
                random.nextBytes(noise);
                yield noise;
              }
              case 1 -> Arrays.copyOf(good, random.nextInt(good.length));
              case 2 -> {
                byte[] version = good.clone();
                version[4] = 2;
                yield version;
              }
              default -> good; // whole, but of another key
            };
        one.plant(key(i), bad, i % 3 != 0);
      }
      for (int i = 0; i < 1000; i++) {
        assertThat(one.cache.find(key(i))).isEmpty();
        assertThat(one.holds(key(i))).as("entry %d is removed", i).isFalse();
      }
      assertThat(one.heard("got CORRUPT")).isEqualTo(1000);
      for (int i = 0; i < 1000; i++) {
        assertThat(one.cache.find(key(i))).isEmpty();
      }
      assertThat(one.heard("got MISS")).isEqualTo(1000);
      one.cache.keep(key(1), entry(10));
      assertThat(one.cache.find(key(1))).isPresent();
      assertThat(one.cache.usage().entries()).isEqualTo(1);
    }
  }

  private static byte[] packed(CacheHarness one) {
    Fingerprint spare = key(-1);
    one.cache.keep(spare, entry(300));
    byte[] packed = one.store.get(CacheHarness.MAP, spare.hex()).orElseThrow().packed();
    one.cache.evict(spare);
    return packed;
  }

  @Test
  void aKeyOfAnotherKindIsAnErrorUntilThePutThatMendsIt() {
    try (var one = stack(NEAR)) {
      one.redisson
          .getBucket(RedisCacheStore.entries(CacheHarness.MAP, key(1).hex().charAt(0)))
          .set("text");
      assertThat(one.cache.find(key(1))).isEmpty();
      one.cache.keep(key(1), entry(10));
      assertThat(one.heard).containsOnlyKeys("got ERROR", "put KEPT");
      assertThat(one.cache.find(key(1))).isPresent();
    }
  }

  @Test
  void aFullRedisStillGivesAndLetsGo() {
    try (var one = stack(0)) {
      one.setTime(TIME);
      one.cache.keep(key(1), entry(100), Duration.ofMinutes(1));
      one.cache.keep(key(2), entry(100), Duration.ofHours(1));
      var config = one.redisson.getRedisNodes(RedisNodes.SINGLE).getInstance();
      config.setConfig("maxmemory", "1");
      try {
        assertThat(one.cache.find(key(2))).isPresent();
        one.cache.keep(key(3), entry(100));
        assertThat(one.heard("put ERROR")).isEqualTo(1);
        one.advance(Duration.ofMinutes(2));
        assertThat(one.cache.find(key(1))).isEmpty();
        assertThat(one.heard("got ERROR")).isZero();
        one.cache.evict(key(2));
        assertThat(one.cache.usage()).isEqualTo(new Usage(0, 0));
      } finally {
        config.setConfig("maxmemory", "0");
      }
    }
  }

  @Test
  void whileRedisIsFrozenOrAwayAJobGoesOn(@TempDir Path folder) throws Exception {
    try (var redis = EmbeddedRedis.start(folder);
        var one = new CacheHarness(redis.uri(), 0, CacheScripts.PATIENCE)) {
      await()
          .until(() -> { // on a busy machine a first call may outlast the patience
            one.cache.keep(key(1), entry(10));
            return one.cache.find(key(1)).isPresent();
          });
      one.heard.clear();
      String pid = Files.readString(folder.resolve("redis.pid")).strip();
      signal("-STOP", pid);
      try {
        long begin = System.nanoTime();
        assertThat(one.cache.find(key(1))).isEmpty();
        one.cache.keep(key(2), entry(10));
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
            .as("three seconds and again, as the client's own patience would have it")
            .isLessThan(Duration.ofSeconds(6));
        assertThatThrownBy(one.cache::usage).isInstanceOf(StoreUnavailable.class);
      } finally {
        signal("-CONT", pid);
      }
      await().until(() -> one.cache.find(key(1)).isPresent());
      redis.close();
      assertThat(one.cache.find(key(1))).isEmpty();
      assertThat(one.heard("got ERROR")).isGreaterThanOrEqualTo(2);
      assertThat(one.heard("put ERROR")).isEqualTo(1);
    }
  }

  private static void signal(String signal, String pid) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", signal, pid).start().waitFor()).isZero();
  }
}
