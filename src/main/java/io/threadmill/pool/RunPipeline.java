package io.threadmill.pool;

import io.threadmill.job.BacklogFull;
import io.threadmill.job.InvalidJob;
import io.threadmill.job.JobError;
import io.threadmill.job.JobResult;
import io.threadmill.job.LeaseLost;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.TakenJob;
import io.threadmill.job.ThreadmillException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One attempt from its thread's point of view: enter, bind, run, leave, decide, record. Whatever a
 * handler throws ends here; what the store throws because Redis is away or full counts against no
 * job. Thread-safe.
 */
final class RunPipeline {

  private static final Logger log = LoggerFactory.getLogger(RunPipeline.class);

  /** An attempt that found Redis away is taken again after this. */
  private static final Duration AWAY_PAUSE = Duration.ofSeconds(2);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final AttemptContext.Services services;
  private final EndingPolicy policy;
  private final Recorder recorder;
  private final Failures failures;
  private final Listeners listeners;

  RunPipeline(
      AttemptContext.Services services,
      EndingPolicy policy,
      Recorder recorder,
      Failures failures,
      Listeners listeners) {
    this.services = services;
    this.policy = policy;
    this.recorder = recorder;
    this.failures = failures;
    this.listeners = listeners;
  }

  void run(Attempt attempt) {
    TakenJob job = attempt.job();
    MDC.put("job", job.id().value());
    try {
      listeners.started(job, Duration.between(job.dueAt(), job.startedAt()));
      JobResult result = attempt.enter() ? execute(attempt) : notBegun();
      boolean mine = attempt.leave();
      Thread.interrupted(); // an interrupt that was meant for this job ends with it
      if (mine) {
        recorder.record(attempt, policy.decide(job, result, attempt.stopped()));
      } else if (attempt.abandoned()) {
        attempt.pool().regainThread();
      }
    } finally {
      MDC.remove("job");
    }
  }

  /** It was told to stop before it began; why decides its ending. */
  private static JobResult notBegun() {
    return new JobResult.Fail(
        JobError.retryable(
            "interrupted", "The attempt was stopped", "It was stopped as it began."));
  }

  @SuppressWarnings("CatchingUnchecked") // the top of a worker: counted, reported, recorded
  private JobResult execute(Attempt attempt) {
    TakenJob job = attempt.job();
    try {
      return services
          .types()
          .bind(job.type(), job.params())
          .run(new AttemptContext(attempt, services));
    } catch (InvalidJob invalid) {
      return new JobResult.Fail(
          JobError.retryable( // another instance may know it
              "unsupported-job",
              "The job does not fit this version",
              "Its type or parameters are not known to the instance that took it."));
    } catch (StoreUnavailable away) {
      return away.getCause() instanceof InterruptedException
          ? interrupted(attempt)
          : handedBack(job, AWAY_PAUSE, away);
    } catch (BacklogFull full) {
      return handedBack(job, full.retryAfter(), full);
    } catch (LeaseLost _) {
      return new JobResult.Fail( // to be refused: another attempt has taken its place
          JobError.retryable(
              "interrupted", "The attempt was stopped", "Its lease passed to another attempt."));
    } catch (InterruptedException _) {
      return interrupted(attempt);
    } catch (Exception fault) {
      failures.count(fault);
      log.warn("{} job threw", job.type(), fault);
      return new JobResult.Fail(
          JobError.retryable(
              "handler-exception",
              "The job's code threw an exception",
              "It threw " + fault.getClass().getName() + "."));
    } catch (Error fault) {
      failures.count(fault);
      log.error("{} job threw {}", job.type(), fault.getClass().getName());
      return new JobResult.Fail(
          JobError.terminal(
              "handler-error",
              "The job's code failed with an error",
              "It failed with " + fault.getClass().getName() + "."));
    }
  }

  private JobResult interrupted(Attempt attempt) {
    if (attempt.left(services.ticker().nanos()) <= 0) {
      attempt.stop(Attempt.Stop.TIMED_OUT); // a handler that looks itself may be the first to see
    }
    return new JobResult.Fail(
        JobError.retryable(
            "interrupted", "The attempt was stopped", "Its thread was interrupted."));
  }

  /** Redis was away or full when the job asked it for something, which is not the job's fault. */
  private static JobResult handedBack(TakenJob job, Duration pause, ThreadmillException why) {
    log.debug("{} job is handed back: {}", job.type(), why.getMessage());
    return new JobResult.Later(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause, "store");
  }
}
