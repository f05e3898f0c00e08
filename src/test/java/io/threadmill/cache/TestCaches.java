package io.threadmill.cache;

import io.threadmill.cache.SharedCache.Bounds;
import java.time.Duration;
import java.util.List;

/** Maps in memory, for tests of those who use them. */
public final class TestCaches {

  private TestCaches() {}

  public static Caches inMemory() {
    var bounds = new Bounds(1_000_000, 10_000_000, 1_000_000, Duration.ofDays(1));
    return new Caches(
        new SharedCache(Caches.RESPONSES, new FakeStore(), bounds, () -> 0, List.of()),
        new SharedCache(Caches.RESULTS, new FakeStore(), bounds, () -> 0, List.of()));
  }
}
