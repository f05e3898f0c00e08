package io.threadmill.redis;

import io.threadmill.job.Ending;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSnapshot.StoredResult;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.TakenJob;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RBucket;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisException;
import org.redisson.client.codec.ByteArrayCodec;

/**
 * Results that stand apart from their job's record: what is large, and what is not JSON. One is
 * written before the ending that points to it, under the attempt's own lease, and {@code
 * complete.lua} keeps it as long as the record. Thread-safe.
 */
final class ApartResults {

  /** A JSON result up to this size stands in the record. */
  private static final int MOST_INLINE = 64 * 1024;

  /** How long a result waits for the ending that points to it. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final RedissonClient redisson;
  private final Duration readLimit;

  /**
   * @param readLimit how long a reader waits for Redis
   */
  ApartResults(RedissonClient redisson, Duration readLimit) {
    this.redisson = redisson;
    this.readLimit = readLimit;
  }

  private static String key(TakenJob job) {
    return RedisScripts.PREFIX + "o:" + job.id() + ":" + job.lease();
  }

  static boolean isApart(Ending.Succeeded done) {
    return !done.body().isJson() || done.body().bytes().length > MOST_INLINE;
  }

  /** Writes the result of an attempt; answers its key. */
  String write(TakenJob job, Ending.Succeeded done) {
    String key = key(job);
    try {
      bucket(key).set(done.body().bytes(), PATIENCE);
    } catch (RedisException told) {
      throw Refusals.of("Redis did not take the result", told);
    }
    return key;
  }

  /** Deletes the result of an attempt whose ending was refused. */
  void drop(TakenJob job) {
    try {
      bucket(key(job)).delete();
    } catch (RedisException _) {
      // It expires by itself.
    }
  }

  /** The bytes, or null where they have gone with their job. */
  byte @Nullable [] read(String key) {
    try {
      return Answers.within(readLimit, bucket(key).getAsync());
    } catch (RedisException away) {
      throw new StoreUnavailable("Redis did not answer", away);
    }
  }

  /** The job with its JSON result in it, where that stands apart and is kept. */
  JobSnapshot filled(JobSnapshot job) {
    return filledIfKept(job).orElse(job);
  }

  /** The job with its JSON result in it, where that stands apart; empty where it is gone. */
  Optional<JobSnapshot> filledIfKept(JobSnapshot job) {
    StoredResult result = job.result();
    if (result == null || result.blob() == null || !result.isJson()) {
      return Optional.of(job);
    }
    return Optional.ofNullable(read(result.blob()))
        .map(bytes ->
            job.withResult(
                new StoredResult(
                    result.mediaType(),
                    result.bytes(),
                    new String(bytes, StandardCharsets.UTF_8),
                    result.blob())));
  }

  private RBucket<byte[]> bucket(String key) {
    return redisson.getBucket(key, ByteArrayCodec.INSTANCE);
  }
}
