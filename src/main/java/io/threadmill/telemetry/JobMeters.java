package io.threadmill.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.threadmill.job.Ending;
import io.threadmill.job.JobListener;
import io.threadmill.job.JobSpec;
import io.threadmill.job.JobTypes;
import io.threadmill.job.TakenJob;
import io.threadmill.job.ThreadmillException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Counts and times what happens to jobs here. Every tag's values are a fixed set: what a client
 * sends never becomes a new time series. Thread-safe.
 */
@Component
final class JobMeters implements JobListener {

  private static final String OTHER = "other";

  /** As {@link Ending#outcome()} tells them. */
  private static final List<String> OUTCOMES =
      List.of("succeeded", "failed", "cancelled", "released");

  /** The facade tells a refusal by its exception's simple name. */
  private static final Set<String> REASONS =
      Arrays.stream(ThreadmillException.class.getPermittedSubclasses())
          .map(kind -> kebab(kind.getSimpleName()))
          .collect(Collectors.toUnmodifiableSet());

  private final Set<String> types;
  private final MeterProvider<Counter> enqueued;
  private final MeterProvider<Counter> refused;
  private final MeterProvider<Counter> completed;
  private final MeterProvider<Timer> queueWait;
  private final MeterProvider<Timer> run;
  private final MeterProvider<Timer> total;
  private final MeterProvider<Counter> lost;
  private final MeterProvider<Counter> housekeeping;
  private final Counter fenced;
  private final Counter postponed;
  private final Counter leasesLost;
  private final Counter recovered;

  @Autowired
  JobMeters(MeterRegistry registry, JobTypes types) {
    this(registry, types.names());
  }

  JobMeters(MeterRegistry registry, Set<String> types) {
    this.types = Set.copyOf(types);
    enqueued = Meters.counter(Meter.JOBS_ENQUEUED, registry);
    refused = Meters.counter(Meter.JOBS_REFUSED, registry);
    completed = Meters.counter(Meter.JOBS_COMPLETED, registry);
    queueWait = Meters.timer(Meter.JOB_QUEUE_WAIT, registry);
    run = Meters.timer(Meter.JOB_RUN, registry);
    total = Meters.timer(Meter.JOB_TOTAL, registry);
    lost = Meters.counter(Meter.THREADS_LOST, registry);
    housekeeping = Meters.counter(Meter.HOUSEKEEPING_FAILURES, registry);
    fenced = Meters.counter(Meter.OUTCOMES_FENCED, registry).withTags();
    postponed = Meters.counter(Meter.ENDINGS_POSTPONED, registry).withTags();
    leasesLost = Meters.counter(Meter.LEASES_LOST, registry).withTags();
    recovered = Meters.counter(Meter.JOBS_RECOVERED, registry).withTags();
    begin();
  }

  /** Series that begin at their first event would hide it from Prometheus's rate(). */
  private void begin() {
    for (String type : types) {
      enqueued.withTag("type", type);
      OUTCOMES.forEach(outcome -> completed.withTags("type", type, "outcome", outcome));
      queueWait.withTag("type", type);
      run.withTag("type", type);
      total.withTag("type", type);
    }
    for (Duty duty : Duty.values()) {
      housekeeping.withTag("duty", duty.wireName());
    }
    REASONS.forEach(reason -> refused.withTag("reason", reason));
  }

  @Override
  public void enqueued(List<JobSpec> specs) {
    for (JobSpec spec : specs) {
      enqueued.withTag("type", known(spec.type())).increment();
    }
  }

  @Override
  public void refused(String reason) {
    String kebab = kebab(reason);
    refused.withTag("reason", REASONS.contains(kebab) ? kebab : OTHER).increment();
  }

  @Override
  public void started(TakenJob job, Duration waited) {
    queueWait.withTag("type", known(job.type())).record(waited);
  }

  @Override
  public void recorded(TakenJob job, Ending ending, Duration ran, Duration sinceCreation) {
    String type = known(job.type());
    completed.withTags("type", type, "outcome", ending.outcome()).increment();
    run.withTag("type", type).record(ran);
    total.withTag("type", type).record(sinceCreation);
  }

  @Override
  public void fenced(TakenJob job) {
    fenced.increment();
  }

  @Override
  public void postponed(TakenJob job) {
    postponed.increment();
  }

  @Override
  public void leaseLost(TakenJob job) {
    leasesLost.increment();
  }

  @Override
  public void recovered(int jobs) {
    recovered.increment(jobs);
  }

  @Override
  public void housekeepingFailed(Duty duty) {
    housekeeping.withTag("duty", duty.wireName()).increment();
  }

  @Override
  public void threadLost(String pool, TakenJob job) {
    lost.withTag("pool", pool).increment();
  }

  private String known(String type) {
    return types.contains(type) ? type : OTHER;
  }

  private static String kebab(String camel) {
    return camel.replaceAll("(?<=.)(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }
}
