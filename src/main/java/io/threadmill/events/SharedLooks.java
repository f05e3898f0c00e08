package io.threadmill.events;

import io.threadmill.job.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/**
 * Looks at the store on behalf of many: those who want to know the same at about the same time
 * share one question, whose answer is kept until so many newer ones have come. Thread-safe.
 */
public final class SharedLooks<K, V> {

  private final int most;
  private final Ticker ticker;
  private final Function<K, V> question;
  private final Object lock = new Object();
  private final LinkedHashMap<K, Asked<V>> asked =
      new LinkedHashMap<>(); // guarded by lock, oldest first

  /**
   * @param most answers kept
   */
  public SharedLooks(int most, Ticker ticker, Function<K, V> question) {
    this.most = most;
    this.ticker = ticker;
    this.question = question;
  }

  private record Asked<V>(FutureTask<V> answer, long begun) {}

  /**
   * What was seen.
   *
   * @param begun the ticker's instant before the question: what happened later may not be in it
   */
  public record Look<V>(V value, long begun) {}

  /**
   * Looks, or shares a look that began less than this ago. What the question throws all who share
   * it throw; it is asked again then.
   */
  public Look<V> look(K key, Duration age) throws InterruptedException {
    Asked<V> shared = asked(key, age);
    shared.answer().run(); // once, by whoever comes first; the others wait
    try {
      return new Look<>(shared.answer().get(), shared.begun());
    } catch (ExecutionException failed) {
      synchronized (lock) {
        asked.remove(key, shared);
      }
      throw unchecked(failed);
    }
  }

  private static RuntimeException unchecked(ExecutionException failed) {
    return switch (failed.getCause()) {
      case RuntimeException fault -> fault;
      case Error error -> throw error;
      case null, default -> new IllegalStateException(failed);
    };
  }

  private Asked<V> asked(K key, Duration age) {
    synchronized (lock) {
      long now = ticker.nanos();
      Asked<V> last = asked.remove(key);
      Asked<V> next =
          last != null && now - last.begun() < age.toNanos()
              ? last
              : new Asked<>(new FutureTask<>(() -> question.apply(key)), now);
      asked.put(key, next);
      if (asked.size() > most) {
        asked.pollFirstEntry();
      }
      return next;
    }
  }
}
