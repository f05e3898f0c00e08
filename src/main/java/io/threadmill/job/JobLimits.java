package io.threadmill.job;

import java.time.Duration;

/** The sizes fixed by the HTTP contract, and the bounds that keep a job small. */
public final class JobLimits {

  private JobLimits() {}

  public static final int MAX_BODY_BYTES = 1024 * 1024;
  public static final int MAX_PARAMS_BYTES = 256 * 1024;
  public static final int MAX_RESULT_BYTES = 8 * 1024 * 1024;
  public static final int MAX_TAGS = 20;
  public static final int MAX_TAG_CHARS = 64;
  public static final int MAX_KEY_CHARS = 200;
  public static final int MIN_PRIORITY = 0;
  public static final int MAX_PRIORITY = 9;
  public static final int DEFAULT_PRIORITY = 5;
  public static final int MAX_ATTEMPTS = 20;
  public static final int DEFAULT_ATTEMPTS = 3;
  public static final Duration DEFAULT_BACKOFF = Duration.ofSeconds(1);
  public static final Duration MAX_BACKOFF = Duration.ofHours(1);
  public static final Duration MAX_TIMEOUT = Duration.ofHours(24);
  public static final Duration MIN_TIMEOUT = Duration.ofMillis(1);

  /** A delay beyond this is a calendar, not a queue. */
  public static final Duration MAX_DELAY = Duration.ofDays(365);

  /** An answer is not kept this long, so asking for an older one is a slip of the pen. */
  public static final Duration MAX_CACHE_AGE = Duration.ofDays(365);

  /**
   * How often a job waits for an equal one to end before it does the work itself: answers that may
   * not be kept would else be waited for one after the other.
   */
  public static final int MAX_JOINS = 3;

  /** Runs lost before a job is given up as {@code worker-lost}. */
  public static final int MAX_LOST_RUNS = 3;

  /** Children of one job; a fan-out beyond this is a batch. */
  public static final int MAX_CHILDREN = 10_000;

  /** Rows of one batch: what its records' index holds. */
  public static final int MAX_ROWS = 9_999_999;

  /** A checkpoint is a cursor, not a result. */
  public static final int MAX_CHECKPOINT_BYTES = 64 * 1024;

  /** Ids in one call of a script, so that none holds Redis for long. */
  public static final int MAX_IDS_PER_CALL = 400;

  /** Bytes of params in one call of a script, a single job apart. */
  public static final int MAX_BYTES_PER_CALL = 256 * 1024;

  /** Entries kept of a job's attempts; the oldest go first. */
  public static final int MAX_ATTEMPTS_KEPT = 50;

  /** Jobs changed by one call of retry or cancel by filter. */
  public static final int MAX_CHANGED = 10_000;

  /** Keys that have a limit. */
  public static final int MAX_LIMITS = 10_000;

  /** The most a limit lets be at work at once. */
  public static final int MAX_CONCURRENCY = 100_000;

  /** How long an Idempotency-Key is remembered. */
  public static final Duration IDEMPOTENCY_TTL = Duration.ofHours(24);
}
