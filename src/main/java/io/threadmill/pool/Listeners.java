package io.threadmill.pool;

import io.threadmill.job.Ending;
import io.threadmill.job.JobListener;
import io.threadmill.job.TakenJob;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls every listener and survives one that throws. Thread-safe. */
final class Listeners {

  private static final Logger log = LoggerFactory.getLogger(Listeners.class);

  private final List<JobListener> listeners;

  Listeners(List<JobListener> listeners) {
    this.listeners = List.copyOf(listeners);
  }

  void started(TakenJob job, Duration waited) {
    Duration wait = waited.isNegative() ? Duration.ZERO : waited;
    each(listener -> listener.started(job, wait));
  }

  void recorded(TakenJob job, Ending ending, Duration ran) {
    Duration total = Duration.between(job.createdAt(), job.startedAt()).plus(ran);
    each(listener -> listener.recorded(job, ending, ran, total));
  }

  void fenced(TakenJob job) {
    each(listener -> listener.fenced(job));
  }

  void postponed(TakenJob job) {
    each(listener -> listener.postponed(job));
  }

  void leaseLost(TakenJob job) {
    each(listener -> listener.leaseLost(job));
  }

  void recovered(int jobs) {
    each(listener -> listener.recovered(jobs));
  }

  void housekeepingFailed(JobListener.Duty duty) {
    each(listener -> listener.housekeepingFailed(duty));
  }

  void threadLost(String pool, TakenJob job) {
    each(listener -> listener.threadLost(pool, job));
  }

  private void each(Consumer<JobListener> call) {
    for (JobListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (RuntimeException fault) {
        log.warn("a job listener threw", fault);
      }
    }
  }
}
