package io.threadmill.job;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a handler answers: its type alone decides what becomes of the job. */
public sealed interface JobResult {

  /** The work is done. */
  record Done(ResultBody body, CacheUse cache) implements JobResult {}

  /** The attempt failed; {@link JobError#retryable()} tells whether another may follow. */
  record Fail(JobError error) implements JobResult {}

  /**
   * The attempt failed and the next should not start before {@code after}: an upstream's
   * Retry-After. Counts as a failed attempt.
   */
  record Retry(JobError error, Duration after) implements JobResult {}

  /**
   * Not its turn yet: released without counting as an attempt, to be taken again after {@code
   * after}.
   */
  record Later(Duration after, String reason) implements JobResult {}

  /**
   * Its spawned children decide: released without counting, run again once all of them have ended.
   */
  record Await() implements JobResult {}

  /**
   * An equal job leads the same work ({@link JobContext#lead}): released without counting, run
   * again once that job's attempt has ended, however it ended.
   */
  record Join(String work) implements JobResult {}

  /** A JSON or binary result; whoever is handed the bytes leaves them as they are. */
  @SuppressWarnings("ArrayRecordComponent") // never compared; a copy of 8 MiB would cost
  record ResultBody(String mediaType, byte[] bytes) {

    public static ResultBody json(byte[] utf8) {
      return new ResultBody("application/json", utf8);
    }

    public boolean isJson() {
      return "application/json".equals(mediaType);
    }
  }

  /** How the shared cache took part; {@code null} in a job that has not run. */
  enum CacheUse {
    HIT,
    MISS,
    REVALIDATED,
    STALE,
    JOINED,
    BYPASS;

    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static @Nullable CacheUse ofWireName(@Nullable String name) {
      for (CacheUse use : values()) {
        if (use.wireName().equals(name)) {
          return use;
        }
      }
      return null;
    }
  }

  static Done done(ResultBody body) {
    return new Done(body, CacheUse.BYPASS);
  }
}
