package io.threadmill.cache;

import io.threadmill.job.StoreUnavailable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store in memory that can be away, full or interrupted between question and answer. */
final class FakeStore implements CacheStore {

  final Map<String, byte[]> entries = new HashMap<>();
  int gets;
  boolean away;
  boolean full;
  Duration left = Duration.ofHours(1);
  Runnable beforeTheAnswer = () -> {};
  @Nullable Follower follower;

  private void ask() {
    if (away) {
      throw new StoreUnavailable("away", new IllegalStateException());
    }
  }

  @Override
  public Optional<Stored> get(String map, String fingerprint) {
    gets++;
    ask();
    Optional<Stored> found =
        Optional.ofNullable(entries.get(fingerprint)).map(packed -> new Stored(packed, left));
    beforeTheAnswer.run();
    return found;
  }

  @Override
  public Placed put(String map, String fingerprint, byte[] packed, Duration ttl, long budget) {
    ask();
    if (full) {
      return new Placed(false, 7);
    }
    entries.put(fingerprint, packed);
    beforeTheAnswer.run();
    return new Placed(true, 0);
  }

  @Override
  public void evict(String map, String fingerprint) {
    ask();
    entries.remove(fingerprint);
  }

  @Override
  public void clear(String map) {
    ask();
    entries.clear();
  }

  @Override
  public Usage usage(String map) {
    ask();
    return new Usage(entries.size(), 0);
  }

  @Override
  public void follow(String map, Follower follower) {
    this.follower = follower;
  }
}
