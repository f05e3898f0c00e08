package io.threadmill.events;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The store's log of events, trimmed to a fixed length. Throws {@link
 * io.threadmill.job.StoreUnavailable} when Redis is away.
 */
public interface EventLog {

  /**
   * The entries after a sequence, at most {@code limit}, waiting up to {@code wait} for the first.
   */
  List<JobEvent> after(String sequence, int limit, Duration wait);

  /** The sequence of the newest entry, or {@code 0-0}. */
  String newest();

  /** The sequence of the oldest entry kept. */
  Optional<String> oldest();
}
