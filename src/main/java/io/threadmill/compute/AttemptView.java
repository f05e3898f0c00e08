package io.threadmill.compute;

import io.threadmill.job.JobContext;
import java.time.Duration;

/** What a function sees of its attempt. Thread-safe. */
record AttemptView(JobContext attempt) implements ComputeContext {

  @Override
  public void progress(long done, long total) {
    attempt.progress(done, total, null);
  }

  @Override
  public void check() throws InterruptedException {
    if (attempt.cancelled() || Thread.currentThread().isInterrupted()) {
      throw new InterruptedException("told to stop while computing");
    }
  }

  @Override
  public Duration remaining() {
    return attempt.remaining();
  }
}
