package io.threadmill.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.threadmill.cache.Fingerprint;
import io.threadmill.cache.SharedCache;
import io.threadmill.cache.SharedCache.Bounds;
import io.threadmill.cache.SharedCache.Entry;
import io.threadmill.job.Instance;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.redisson.api.RBucket;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;

/**
 * The JVM's side of {@code ./bench/run cache}: for each line it reads, one round, printed as JSON.
 * Eight threads read a thousand entries at random; each sample is a block of gets, so that the
 * clock costs nothing. A plain GET through the same client tells what of a hit in Redis is the way
 * there and back. Arguments: a folder for the embedded Redis, seconds a measurement.
 */
final class CacheBench {

  private static final int THREADS = 8;
  private static final int KEYS = 1000;
  private static final int BODY = 4096;

  /** About what the body takes in Redis: text packs well. */
  private static final int PACKED = 300;

  private static final int MOST_SAMPLES = 200_000;

  private final Fingerprint[] keys = new Fingerprint[KEYS];
  private final long nanos;

  private CacheBench(long seconds) {
    nanos = Duration.ofSeconds(seconds).toNanos();
    for (int i = 0; i < KEYS; i++) {
      keys[i] = Fingerprint.of("bench").with("n", Integer.toString(i)).end();
    }
  }

  public static void main(String[] args) throws Exception {
    var bench = new CacheBench(Long.parseLong(args[1]));
    try (EmbeddedRedis redis = EmbeddedRedis.start(Path.of(args[0]));
        var threads = Executors.newFixedThreadPool(THREADS)) {
      RedissonClient client =
          RedisConnection.open(RedisAddress.parse(redis.uri().toString()), new Instance("bench"));
      try {
        bench.rounds(client, threads);
      } finally {
        client.shutdown();
      }
    }
  }

  private void rounds(RedissonClient client, ExecutorService threads) throws Exception {
    var scripts = new CacheScripts(client, () -> "", List.of());
    SharedCache near = cache("near", 64L << 20, client, scripts);
    SharedCache far = cache("far", 0, client, scripts);
    Cache<String, Entry> caffeine = Caffeine.newBuilder().maximumSize(10L * KEYS).build();
    byte[] body =
        "<p>A price list with words in it, line upon line.</p>\n"
            .repeat(100)
            .substring(0, BODY)
            .getBytes(StandardCharsets.UTF_8);
    var entry = new Entry(Instant.EPOCH, new byte[100], body);
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    boolean warm = false;
    while (in.readLine() != null) {
      for (Fingerprint key : keys) { // copies live half a minute: each round begins with new ones
        near.keep(key, entry);
        far.keep(key, entry);
        caffeine.put(key.hex(), entry);
      }
      Predicate<Fingerprint> fromCaffeine = key -> caffeine.getIfPresent(key.hex()) != null;
      Predicate<Fingerprint> fromNear = key -> near.find(key).isPresent();
      Predicate<Fingerprint> fromRedis = key -> far.find(key).isPresent();
      RBucket<byte[]> plain = client.getBucket("plain", ByteArrayCodec.INSTANCE);
      plain.set(new byte[PACKED]);
      Predicate<Fingerprint> plainGet = _ -> plain.get() != null;
      if (!warm) {
        measure(threads, plainGet, 1);
        measure(threads, fromCaffeine, 100);
        measure(threads, fromNear, 100);
        measure(threads, fromRedis, 1);
        warm = true;
      }
      System.out.printf(
          "{\"caffeine\": %s, \"near\": %s, \"plain_get\": %s, \"redis\": %s}%n",
          measure(threads, fromCaffeine, 100),
          measure(threads, fromNear, 100),
          measure(threads, plainGet, 1),
          measure(threads, fromRedis, 1));
      System.out.flush();
    }
  }

  private static SharedCache cache(
      String map, long nearBytes, RedissonClient client, CacheScripts scripts) {
    return new SharedCache(
        map,
        new RedisCacheStore(client, scripts),
        new Bounds(nearBytes, 256L << 20, 1L << 20, Duration.ofHours(1)),
        System::nanoTime,
        List.of());
  }

  /** Median microseconds of a get and gets a second, all threads together. */
  private String measure(ExecutorService threads, Predicate<Fingerprint> get, int block)
      throws Exception {
    long begin = System.nanoTime();
    long end = begin + nanos;
    List<Callable<long[]>> readers =
        IntStream.range(0, THREADS)
            .<Callable<long[]>>mapToObj(seed -> () -> read(get, block, end, seed))
            .toList();
    long[] all = new long[0];
    for (Future<long[]> samples : threads.invokeAll(readers)) {
      long[] more = samples.get();
      int from = all.length;
      all = Arrays.copyOf(all, from + more.length);
      System.arraycopy(more, 0, all, from, more.length);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    double gets = (double) all.length * block;
    Arrays.sort(all);
    return "{\"us\": %.3f, \"per_s\": %.0f}"
        .formatted(all[all.length / 2] / 1e3 / block, gets / seconds);
  }

  private long[] read(Predicate<Fingerprint> get, int block, long end, int seed)
      throws IOException {
    var random = new SplittableRandom(seed);
    long[] samples = new long[MOST_SAMPLES];
    int count = 0;
    while (System.nanoTime() < end && count < MOST_SAMPLES) {
      long begin = System.nanoTime();
      for (int i = 0; i < block; i++) {
        if (!get.test(keys[random.nextInt(KEYS)])) {
          throw new IOException("an entry that was kept is gone: this would measure misses");
        }
      }
      samples[count++] = System.nanoTime() - begin;
    }
    return Arrays.copyOf(samples, count);
  }
}
