package io.threadmill.compute;

import io.threadmill.cache.Fingerprint;
import io.threadmill.cache.Reuse;
import io.threadmill.job.InvalidJob;
import io.threadmill.job.JobContext;
import io.threadmill.job.JobError;
import io.threadmill.job.JobHandler;
import io.threadmill.job.JobResult;
import io.threadmill.job.JobResult.CacheUse;
import io.threadmill.job.JobResult.ResultBody;
import io.threadmill.job.Violations;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Runs the function that its params name. Thread-safe. */
@Component
final class ComputeHandler implements JobHandler<ComputeParams> {

  private static final int LONGEST_ECHO = 64;

  private final Functions functions;
  private final ResultCache results;

  ComputeHandler(Functions functions, ResultCache results) {
    this.functions = functions;
    this.results = results;
  }

  @Override
  public String type() {
    return "compute";
  }

  @Override
  public Class<ComputeParams> paramsType() {
    return ComputeParams.class;
  }

  @Override
  public String pool(ComputeParams params) {
    return "compute";
  }

  @Override
  public void check(ComputeParams params, Violations violations) {
    var _ = task(params, violations);
  }

  @Override
  public JobResult run(ComputeParams params, JobContext context) throws InterruptedException {
    var violations = new Violations("");
    Task<?> task =
        task(params, violations)
            .orElseThrow(() -> new InvalidJob(violations.list())); // of another version
    Fingerprint work = ResultCache.fingerprint(task.work());
    return switch (results.ask(work, context)) {
      case Reuse.Found<ResultBody>(ResultBody body, CacheUse use) -> new JobResult.Done(body, use);
      case Reuse.UnderWay<ResultBody>(JobResult.Join join) -> join;
      case Reuse.Absent<ResultBody>(CacheUse use) -> compute(task, work, use, context);
    };
  }

  /** The one place where work is done: what is asked for is known, and nothing has run yet. */
  private JobResult compute(Task<?> task, Fingerprint work, CacheUse use, JobContext context)
      throws InterruptedException {
    try {
      ResultBody body = task.compute(new AttemptView(context));
      results.keep(work, context, body);
      return new JobResult.Done(body, use);
    } catch (ComputationFailed failed) {
      return new JobResult.Fail(
          JobError.terminal(
              ComputeProblems.FAILED,
              ComputeProblems.FAILED_TITLE,
              String.valueOf(failed.getMessage())));
    } catch (InterruptedException stopped) {
      if (context.remaining().isPositive()) {
        throw stopped;
      }
      return new JobResult.Fail( // it may have looked before the watchdog did
          JobError.retryable(
              "timed-out",
              "The attempt ran out of time",
              "The attempt did not end within its timeout."));
    }
  }

  private Optional<? extends Task<?>> task(ComputeParams params, Violations violations) {
    String name = params.function();
    LoadedFunction<?> function = name == null ? null : functions.find(name).orElse(null);
    if (name == null) {
      violations.add("/function", "is missing: there is " + String.join(", ", functions.names()));
    } else if (function == null) {
      violations.add(
          "/function",
          "no function \"%s\" here; there is %s"
              .formatted(shortened(name), String.join(", ", functions.names())));
    }
    boolean runnable = checkIsolation(params, function, violations);
    if (function == null) {
      return Optional.empty();
    }
    JsonNode given = params.input();
    JsonNode input =
        given == null || given.isNull() || given.isMissingNode()
            ? JsonNodeFactory.instance.objectNode()
            : given;
    Optional<? extends Task<?>> task = function.task(input, "/input", violations);
    return runnable ? task : Optional.empty();
  }

  private static boolean checkIsolation(
      ComputeParams params, @Nullable LoadedFunction<?> function, Violations violations) {
    Isolation asked = function == null ? Isolation.THREAD : function.description().isolation();
    if (params.isolation() != null) {
      asked = Isolation.ofWireName(params.isolation()).orElse(null);
    }
    if (asked == null) {
      violations.add("/isolation", "must be \"thread\" or \"process\"");
    } else if (asked == Isolation.PROCESS) {
      violations.add("/isolation", "process isolation is not available yet");
    }
    return asked == Isolation.THREAD;
  }

  private static String shortened(String text) {
    return text.length() > LONGEST_ECHO ? text.substring(0, LONGEST_ECHO) + "…" : text;
  }
}
