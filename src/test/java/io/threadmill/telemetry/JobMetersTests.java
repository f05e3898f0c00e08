package io.threadmill.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.threadmill.job.CacheOptions;
import io.threadmill.job.Ending;
import io.threadmill.job.JobError;
import io.threadmill.job.JobId;
import io.threadmill.job.JobListener;
import io.threadmill.job.JobResult;
import io.threadmill.job.RetryPolicy;
import io.threadmill.job.TakenJob;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class JobMetersTests {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final JobError ERROR = JobError.terminal("bad", "Bad", "It is bad.");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final JobMeters meters = new JobMeters(registry, Set.of("scrape"));

  @Test
  void anEndingIsCountedAndTimed() {
    var ending = new Ending.Failed(ERROR);
    meters.recorded(job("scrape"), ending, SECOND, SECOND.multipliedBy(3));
    assertThat(
            registry
                .get(Meter.JOBS_COMPLETED.id())
                .tags("type", "scrape", "outcome", "failed")
                .counter()
                .count())
        .isEqualTo(1);
    assertThat(registry.get(Meter.JOB_RUN.id()).timer().totalTime(TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(registry.get(Meter.JOB_TOTAL.id()).timer().totalTime(TimeUnit.SECONDS)).isEqualTo(3);
  }

  @Test
  void aTimerHasBuckets() {
    meters.started(job("scrape"), SECOND);
    assertThat(registry.get(Meter.JOB_QUEUE_WAIT.id()).timer().takeSnapshot().histogramCounts())
        .anySatisfy(bucket -> assertThat(bucket.bucket(TimeUnit.SECONDS)).isEqualTo(1));
  }

  @Test
  void everySeriesBeginsAtZeroSoThatNoFirstEventIsMissed() {
    assertThat(registry.get(Meter.JOBS_ENQUEUED.id()).tag("type", "scrape").counter().count())
        .isZero();
    for (Ending ending :
        List.of(
            new Ending.Succeeded(JobResult.ResultBody.json(new byte[0]), JobResult.CacheUse.MISS),
            new Ending.Failed(ERROR),
            new Ending.Retried(ERROR, SECOND),
            new Ending.Cancelled(),
            new Ending.Released(SECOND),
            new Ending.Awaiting())) {
      assertThat(
              registry
                  .get(Meter.JOBS_COMPLETED.id())
                  .tags("type", "scrape", "outcome", ending.outcome())
                  .counter()
                  .count())
          .isZero();
    }
    assertThat(registry.get(Meter.JOB_RUN.id()).tag("type", "scrape").timer().count()).isZero();
    assertThat(counted("backlog-full")).isZero();
  }

  @Test
  void anUnknownTypeMakesNoSeriesOfItsOwn() {
    meters.started(job("made-up-1"), SECOND);
    meters.started(job("made-up-2"), SECOND);
    assertThat(registry.getMeters())
        .filteredOn(meter -> meter.getId().getName().equals(Meter.JOB_QUEUE_WAIT.id()))
        .extracting(meter -> meter.getId().getTag("type"))
        .containsExactlyInAnyOrder("scrape", "other");
  }

  @Test
  void aRefusalIsCountedByItsKind() {
    meters.refused("BacklogFull");
    meters.refused("SomethingNew");
    assertThat(counted("backlog-full")).isEqualTo(1);
    assertThat(counted("other")).isEqualTo(1);
  }

  private double counted(String reason) {
    return registry.get(Meter.JOBS_REFUSED.id()).tag("reason", reason).counter().count();
  }

  @Test
  void fencedRecoveredAndLostAreCounted() {
    meters.fenced(job("scrape"));
    meters.leaseLost(job("scrape"));
    meters.recovered(4);
    meters.threadLost("compute", job("scrape"));
    meters.postponed(job("scrape"));
    meters.housekeepingFailed(JobListener.Duty.SWEEP);
    assertThat(registry.get(Meter.ENDINGS_POSTPONED.id()).counter().count()).isEqualTo(1);
    assertThat(
            registry.get(Meter.HOUSEKEEPING_FAILURES.id()).tag("duty", "sweep").counter().count())
        .isEqualTo(1);
    assertThat(registry.get(Meter.OUTCOMES_FENCED.id()).counter().count()).isEqualTo(1);
    assertThat(registry.get(Meter.LEASES_LOST.id()).counter().count()).isEqualTo(1);
    assertThat(registry.get(Meter.JOBS_RECOVERED.id()).counter().count()).isEqualTo(4);
    assertThat(registry.get(Meter.THREADS_LOST.id()).tag("pool", "compute").counter().count())
        .isEqualTo(1);
  }

  @Test
  void scriptsAreTimedByName() {
    new ScriptMeters(registry).ran("take", SECOND, false);
    assertThat(registry.get(Meter.SCRIPT_DURATION.id()).tag("script", "take").timer().count())
        .isEqualTo(1);
  }

  @Test
  void aScriptsFailuresAreCountedFromZero() {
    var scripts = new ScriptMeters(registry);
    scripts.ran("take", SECOND, false);
    assertThat(failuresOfTake()).isZero();
    scripts.ran("take", SECOND, true);
    assertThat(failuresOfTake()).isEqualTo(1);
  }

  private double failuresOfTake() {
    return registry.get(Meter.SCRIPT_FAILURES.id()).tag("script", "take").counter().count();
  }

  static TakenJob job(String type) {
    return new TakenJob(
        new JobId("0".repeat(26)),
        "1-x",
        type,
        "{}",
        "scrape",
        null,
        null,
        1,
        1,
        0,
        new RetryPolicy(3, SECOND),
        Duration.ofSeconds(30),
        CacheOptions.DEFAULT,
        null,
        0,
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH);
  }
}
