package io.threadmill.events;

import io.threadmill.job.Ticker;
import java.time.Duration;

/**
 * When one who follows looks again: soon after something happened, once for all that happens in a
 * moment, and now and then where nothing does. Not thread-safe.
 */
public final class Pace {

  /** Looks again after this even where no event came, should one have been lost. */
  public static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  /** Between two looks, in which events gather. */
  public static final Duration PAUSE = Duration.ofMillis(100);

  private final JobEvents.Follower follower;
  private final Ticker ticker;
  private long heard;
  private Duration age = PAUSE;

  /** Begins; what happens from now on is heard of. */
  public Pace(JobEvents.Follower follower, Ticker ticker) {
    this.follower = follower;
    this.ticker = ticker;
    this.heard = ticker.nanos();
  }

  /** True once this instance stops. */
  public boolean over() {
    return follower.over();
  }

  /** How long ago the next look may have begun, where it is shared. */
  public Duration age() {
    return age;
  }

  /**
   * Waits until there may be something that a look has not seen, or the limit has passed.
   *
   * @param begun when that look began
   */
  public void rest(long begun, Duration limit) throws InterruptedException {
    if (begun - heard >= 0) {
      if (follower.next(limit) == null) {
        age = LOOK_AGAIN;
        return;
      }
      heard = ticker.nanos();
    }
    age = PAUSE;
    if (follower.gather(PAUSE)) {
      heard = ticker.nanos();
    }
  }
}
