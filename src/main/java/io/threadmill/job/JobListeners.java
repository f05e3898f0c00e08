package io.threadmill.job;

import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Tells every listener and survives one that throws: none turns an accepted job into a failed call,
 * or ends a worker's loop. Thread-safe.
 */
@Component
public final class JobListeners {

  private static final Logger log = LoggerFactory.getLogger(JobListeners.class);

  private final List<JobListener> listeners;

  public JobListeners(List<JobListener> listeners) {
    this.listeners = List.copyOf(listeners);
  }

  public void tell(Consumer<JobListener> call) {
    for (JobListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (RuntimeException fault) {
        log.warn("a job listener threw", fault);
      }
    }
  }
}
