package io.threadmill.pool;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/** The bulkheads and the band each may move in. */
@Validated
@ConfigurationProperties("threadmill.pool")
record PoolProperties(
    @DefaultValue Scrape scrape, @DefaultValue Compute compute, @DefaultValue Webhook webhook) {

  /** Most threads a pool may be given; virtual threads are cheap, what they hold is not. */
  private static final int CEILING = 4096;

  /**
   * Waiting work, on virtual threads.
   *
   * @param size jobs at once from the start
   */
  record Scrape(
      @DefaultValue("2") @Min(1) @Max(CEILING) int min,
      @DefaultValue("512") @Min(1) @Max(CEILING) int max,
      @DefaultValue("8") @Min(1) @Max(CEILING) int size) {
    Scrape {
      check("scrape", min, max, size);
    }
  }

  /**
   * Busy work, on platform threads.
   *
   * @param max twice the cores where not set
   * @param size the cores where not set
   */
  record Compute(
      @DefaultValue("1") @Min(1) @Max(CEILING) int min,
      @Nullable @Min(1) @Max(CEILING) Integer max,
      @Nullable @Min(1) @Max(CEILING) Integer size) {
    Compute {
      check("compute", min, most(max), start(max, size));
    }

    int most() {
      return most(max);
    }

    int start() {
      return start(max, size);
    }

    private static int most(@Nullable Integer max) {
      return max != null ? max : 2 * Runtime.getRuntime().availableProcessors();
    }

    private static int start(@Nullable Integer max, @Nullable Integer size) {
      return size != null ? size : Math.min(most(max), Runtime.getRuntime().availableProcessors());
    }
  }

  /**
   * Deliveries of webhooks, on virtual threads: slow receivers hold up each other, and no job.
   *
   * @param size deliveries at once
   */
  record Webhook(@DefaultValue("32") int size) {
    Webhook {
      if (size < 1 || size > CEILING) {
        throw new IllegalArgumentException(
            "threadmill.pool.webhook.size must be from 1 to %d, but is %d"
                .formatted(CEILING, size));
      }
    }
  }

  private static void check(String name, int min, int max, int size) {
    String at = "threadmill.pool." + name;
    if (min > max) {
      throw new IllegalArgumentException(
          "%s.min (%d) is above %s.max (%d)".formatted(at, min, at, max));
    }
    if (size < min || size > max) {
      throw new IllegalArgumentException(
          "%s.size (%d) is outside of %s.min (%d) to %s.max (%d)"
              .formatted(at, size, at, min, at, max));
    }
  }
}
