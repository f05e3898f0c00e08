package io.threadmill.events;

import io.threadmill.job.JobId;
import io.threadmill.job.JobState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** A log in memory, trimmed when a test says so. Thread-safe. */
final class FakeLog implements EventLog {

  private final List<JobEvent> entries = new ArrayList<>(); // guarded by this

  /** The threads that have read pages, by name. */
  final Set<String> readers = new ConcurrentSkipListSet<>();

  /** Run once, before the next page is read. */
  Runnable beforeReading = () -> {};

  synchronized String add(JobId id) {
    String sequence = (entries.isEmpty() ? 1 : number(entries.getLast()) + 1) + "-0";
    entries.add(new JobEvent(sequence, JobEvent.Kind.STATE, id, JobState.RUNNING, 1, 1, ""));
    notifyAll();
    return sequence;
  }

  synchronized void add(JobId id, int times) {
    for (int i = 0; i < times; i++) {
      add(id);
    }
  }

  synchronized void trimTo(int kept) {
    entries.subList(0, Math.max(0, entries.size() - kept)).clear();
  }

  private static long number(JobEvent event) {
    return Long.parseLong(event.sequence().substring(0, event.sequence().indexOf('-')));
  }

  @Override
  public synchronized List<JobEvent> after(String sequence, int limit, Duration wait) {
    readers.add(Thread.currentThread().getName());
    Runnable first = beforeReading;
    beforeReading = () -> {};
    first.run();
    List<JobEvent> found = found(sequence, limit);
    if (found.isEmpty() && wait.isPositive()) {
      try {
        wait(wait.toMillis());
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
      found = found(sequence, limit);
    }
    return found;
  }

  private List<JobEvent> found(String sequence, int limit) {
    return entries.stream()
        .filter(event -> JobEvent.compareSequences(event.sequence(), sequence) > 0)
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized String newest() {
    return entries.isEmpty() ? "0-0" : entries.getLast().sequence();
  }

  @Override
  public synchronized Optional<String> oldest() {
    return entries.stream().findFirst().map(JobEvent::sequence);
  }
}
