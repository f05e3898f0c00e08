package io.threadmill.pool;

import io.threadmill.job.Ending;
import io.threadmill.job.JobListener;
import io.threadmill.job.JobListeners;
import io.threadmill.job.TakenJob;
import java.time.Duration;

/** What this instance tells of the jobs it runs. Thread-safe. */
final class Listeners {

  private final JobListeners listeners;

  Listeners(JobListeners listeners) {
    this.listeners = listeners;
  }

  void started(TakenJob job, Duration waited) {
    Duration wait = waited.isNegative() ? Duration.ZERO : waited;
    listeners.tell(listener -> listener.started(job, wait));
  }

  void recorded(TakenJob job, Ending ending, Duration ran) {
    Duration total = Duration.between(job.createdAt(), job.startedAt()).plus(ran);
    listeners.tell(listener -> listener.recorded(job, ending, ran, total));
  }

  void fenced(TakenJob job) {
    listeners.tell(listener -> listener.fenced(job));
  }

  void postponed(TakenJob job) {
    listeners.tell(listener -> listener.postponed(job));
  }

  void leaseLost(TakenJob job) {
    listeners.tell(listener -> listener.leaseLost(job));
  }

  void recovered(int jobs) {
    listeners.tell(listener -> listener.recovered(jobs));
  }

  void housekeepingFailed(JobListener.Duty duty) {
    listeners.tell(listener -> listener.housekeepingFailed(duty));
  }

  void threadLost(String pool, TakenJob job) {
    listeners.tell(listener -> listener.threadLost(pool, job));
  }
}
