package io.threadmill.cache;

import io.threadmill.cache.SharedCache.Bounds;
import io.threadmill.job.DurationText;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The shared maps. Sizes are of each map.
 *
 * @param responsesTtl how long a response is kept, fresh or not
 * @param resultsTtl how long a result is kept
 * @param nearBytes of copies in this JVM; zero for none
 * @param budgetBytes of the map in Redis, all instances together
 * @param entryBytes of one entry as packed; larger ones are not kept
 */
@Validated
@ConfigurationProperties("threadmill.cache")
record CacheProperties(
    @DefaultValue("24h") Duration responsesTtl,
    @DefaultValue("7d") Duration resultsTtl,
    @DefaultValue("16MB") DataSize nearBytes,
    @DefaultValue("256MB") DataSize budgetBytes,
    @DefaultValue("1MB") DataSize entryBytes) {

  private static final Duration LONGEST = Duration.ofDays(365);
  private static final DataSize MOST_ENTRY = DataSize.ofMegabytes(8);

  /** A map is split; each part must hold a few of the largest entries. */
  private static final int ENTRIES_IN_BUDGET = 64;

  CacheProperties {
    checkTtl("responses-ttl", responsesTtl);
    checkTtl("results-ttl", resultsTtl);
    if (nearBytes.isNegative()) {
      throw new IllegalArgumentException(
          "threadmill.cache.near-bytes must not be negative; 0 keeps no copies");
    }
    if (entryBytes.toBytes() < 1024 || entryBytes.compareTo(MOST_ENTRY) > 0) {
      throw new IllegalArgumentException(
          "threadmill.cache.entry-bytes must be between 1KB and 8MB, but is " + entryBytes);
    }
    if (budgetBytes.toBytes() / ENTRIES_IN_BUDGET < entryBytes.toBytes()) {
      throw new IllegalArgumentException(
          "threadmill.cache.budget-bytes must be at least %d times entry-bytes, but is %s, and entry-bytes %s"
              .formatted(ENTRIES_IN_BUDGET, budgetBytes, entryBytes));
    }
  }

  private static void checkTtl(String name, Duration ttl) {
    if (ttl.toMillis() < 1000 || ttl.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "threadmill.cache.%s must be between 1s and 365d, but is %s"
              .formatted(name, DurationText.format(ttl)));
    }
  }

  Bounds bounds(Duration ttl) {
    return new Bounds(nearBytes.toBytes(), budgetBytes.toBytes(), entryBytes.toBytes(), ttl);
  }
}
