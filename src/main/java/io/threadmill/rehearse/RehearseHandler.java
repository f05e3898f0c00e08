package io.threadmill.rehearse;

import io.threadmill.job.JobContext;
import io.threadmill.job.JobError;
import io.threadmill.job.JobHandler;
import io.threadmill.job.JobResult;
import io.threadmill.job.Ticker;
import io.threadmill.job.Violations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/** Does what its parameters say. Stateless. */
@Component
@Conditional(RehearseCondition.class)
final class RehearseHandler implements JobHandler<RehearseParams> {

  private static final Duration LONGEST = Duration.ofHours(24);

  /** How far past its deadline a rehearsal that will not stop goes on, so that it ends at last. */
  private static final Duration OVERRUN = Duration.ofHours(1);

  private final Ticker ticker;

  RehearseHandler(Ticker ticker) {
    this.ticker = ticker;
  }

  @Override
  public String type() {
    return "rehearse";
  }

  @Override
  public Class<RehearseParams> paramsType() {
    return RehearseParams.class;
  }

  @Override
  public String pool(RehearseParams params) {
    return "compute".equals(params.pool()) ? "compute" : "scrape";
  }

  @Override
  public void check(RehearseParams params, Violations violations) {
    checkDuration("/wait", params.waiting(), violations);
    checkDuration("/cpu", params.cpu(), violations);
    String pool = params.pool();
    if (pool != null && !pool.equals("scrape") && !pool.equals("compute")) {
      violations.add("/pool", "must be \"scrape\" or \"compute\"");
    }
    String isolation = params.isolation();
    if ("process".equals(isolation)) {
      violations.add("/isolation", "process isolation is not available yet");
    } else if (isolation != null && !isolation.equals("thread")) {
      violations.add("/isolation", "must be \"thread\" or \"process\"");
    }
    checkError(params.error(), violations);
    Integer failAttempts = params.failAttempts();
    if (failAttempts != null && failAttempts < 0) {
      violations.add("/failAttempts", "must be 0 or more, but is " + failAttempts);
    }
  }

  private static void checkError(@Nullable String name, Violations violations) {
    if (name == null) {
      return;
    }
    RehearsedError error = RehearsedError.ofWireName(name).orElse(null);
    if (error == null) {
      violations.add("/error", "must be one of " + RehearsedError.names());
    } else if (error.endsTheProcess()) {
      violations.add(
          "/error",
          "\"%s\" needs isolation \"process\", which is not available yet".formatted(name));
    }
  }

  private static void checkDuration(
      String pointer, @Nullable Duration duration, Violations violations) {
    if (duration != null && (duration.isNegative() || duration.compareTo(LONGEST) > 0)) {
      violations.add(pointer, "must be between 0s and 24h");
    }
  }

  @Override
  public JobResult run(RehearseParams params, JobContext context) throws InterruptedException {
    if (params.waiting() != null) {
      block(params.waiting());
    }
    if (params.cpu() != null) {
      spin(params.cpu(), context);
    }
    RehearsedError error = errorNow(params, context.failedAttempts());
    return error == null ? echo(params) : fail(error, context);
  }

  private static @Nullable RehearsedError errorNow(RehearseParams params, int failedBefore) {
    Integer failAttempts = params.failAttempts();
    if (failAttempts != null && failedBefore >= failAttempts) {
      return null;
    }
    if (params.error() != null) {
      return RehearsedError.ofWireName(params.error()).orElse(RehearsedError.EXCEPTION);
    }
    return failAttempts == null ? null : RehearsedError.EXCEPTION;
  }

  private static JobResult echo(RehearseParams params) {
    String json = params.result() == null ? "null" : params.result().toString();
    return JobResult.done(JobResult.ResultBody.json(json.getBytes(StandardCharsets.UTF_8)));
  }

  private JobResult fail(RehearsedError error, JobContext context) throws InterruptedException {
    return switch (error) {
      case EXCEPTION -> throw new RehearsedException("rehearsed, as the params say");
      case TERMINAL -> terminal("It was told to fail for good.");
      case STACK_OVERFLOW -> terminal("It recursed to depth " + descend(0) + " and came back.");
      case HANG -> {
        block(context.remaining().plus(OVERRUN));
        throw new RehearsedException("hung and was never interrupted");
      }
      case IGNORE_INTERRUPT -> {
        blockThroughInterrupts(context.remaining().plus(OVERRUN));
        throw new RehearsedException("ignored every interrupt");
      }
      case EXIT, OUT_OF_MEMORY -> terminal("It needs a process of its own.");
    };
  }

  private static JobResult terminal(String detail) {
    return new JobResult.Fail(
        JobError.terminal("rehearsed-failure", "The job failed as it was told to", detail));
  }

  /** Not a tail call, so that each step costs stack whatever the compiler does. */
  private static long descend(long depth) {
    return depth == Long.MAX_VALUE ? depth : 1 + descend(depth + 1);
  }

  private static void block(Duration duration) throws InterruptedException {
    var never = new CountDownLatch(1);
    if (never.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new IllegalStateException("nobody counts this latch down");
    }
  }

  private void blockThroughInterrupts(Duration duration) {
    long end = ticker.nanos() + duration.toNanos();
    for (long left = end - ticker.nanos(); left > 0; left = end - ticker.nanos()) {
      try {
        block(Duration.ofNanos(left));
      } catch (InterruptedException _) {
        // ignoring it is what was asked for; the flag is clear, so the next wait blocks again
      }
    }
  }

  private void spin(Duration duration, JobContext context) throws InterruptedException {
    long end = ticker.nanos() + duration.toNanos();
    while (ticker.nanos() - end < 0) {
      if (context.cancelled()) {
        throw new InterruptedException("told to stop while busy");
      }
      Thread.onSpinWait();
    }
  }
}
