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
   * The events after a sequence, waiting up to {@code wait} for the first. Those of at most {@code
   * limit} entries: an entry holds events of several jobs, one of each.
   */
  List<JobEvent> after(String sequence, int limit, Duration wait);

  /** The sequence of the newest entry, or {@code 0-0}. */
  String newest();

  /** The sequence of the oldest entry kept. */
  Optional<String> oldest();
}
