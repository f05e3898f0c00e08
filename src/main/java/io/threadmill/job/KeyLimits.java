package io.threadmill.job;

import io.threadmill.job.Limiter.Kind;
import io.threadmill.job.Limiter.Numbers;
import java.util.Optional;
import org.springframework.stereotype.Service;

/**
 * The limits that clients set for keys. They hold for all instances, at once, for jobs that wait
 * and by counting those that run. Thread-safe. Every call may throw {@link StoreUnavailable}.
 */
@Service
public class KeyLimits {

  private final Limiter limiter;

  KeyLimits(Limiter limiter) {
    this.limiter = limiter;
  }

  /** Whether jobs can have this key. */
  public static boolean isKey(String key) {
    return JobTypes.isKey(key);
  }

  /**
   * Sets a key's limit, in place of the one before.
   *
   * @return whether there was none before
   * @throws TooManyLimits when as many are set as may be
   */
  public boolean set(String key, Numbers numbers) {
    return limiter.set(Kind.KEY, key, numbers, null);
  }

  public Optional<Numbers> find(String key) {
    return limiter.get(Kind.KEY, key);
  }

  /** Takes a key's limit away; false when it had none. */
  public boolean remove(String key) {
    return limiter.remove(Kind.KEY, key);
  }
}
