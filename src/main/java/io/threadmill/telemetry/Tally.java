package io.threadmill.telemetry;

import io.threadmill.job.JobListener;
import io.threadmill.job.TakenJob;
import java.util.concurrent.atomic.LongAdder;
import org.springframework.stereotype.Component;

/** What went wrong around jobs on this instance since its start, for health. Thread-safe. */
@Component
final class Tally implements JobListener {

  private final LongAdder leasesLost = new LongAdder();
  private final LongAdder outcomesFenced = new LongAdder();
  private final LongAdder endingsPostponed = new LongAdder();
  private final LongAdder jobsRecovered = new LongAdder();

  @Override
  public void leaseLost(TakenJob job) {
    leasesLost.increment();
  }

  @Override
  public void fenced(TakenJob job) {
    outcomesFenced.increment();
  }

  @Override
  public void postponed(TakenJob job) {
    endingsPostponed.increment();
  }

  @Override
  public void recovered(int jobs) {
    jobsRecovered.add(jobs);
  }

  long leasesLost() {
    return leasesLost.sum();
  }

  long outcomesFenced() {
    return outcomesFenced.sum();
  }

  long endingsPostponed() {
    return endingsPostponed.sum();
  }

  long jobsRecovered() {
    return jobsRecovered.sum();
  }
}
