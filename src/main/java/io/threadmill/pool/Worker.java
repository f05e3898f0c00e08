package io.threadmill.pool;

/** This instance's worker: takes jobs, runs them, records their endings. Thread-safe. */
public interface Worker {
  WorkerStatus status();
}
