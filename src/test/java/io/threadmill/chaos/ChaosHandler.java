package io.threadmill.chaos;

import io.threadmill.job.JobContext;
import io.threadmill.job.JobError;
import io.threadmill.job.JobHandler;
import io.threadmill.job.JobRequest;
import io.threadmill.job.JobResult;
import io.threadmill.job.JobResult.ResultBody;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does what its parameters say and writes down that it did. Stateless. */
final class ChaosHandler implements JobHandler<ChaosParams> {

  static final String TYPE = "chaos";

  /** What the error of a failure that was asked for is called. */
  static final String ASKED = "chaos-asked";

  private final ExecutionLog log;

  ChaosHandler(ExecutionLog log) {
    this.log = log;
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public Class<ChaosParams> paramsType() {
    return ChaosParams.class;
  }

  @Override
  public String pool(ChaosParams params) {
    return "scrape";
  }

  @Override
  public JobResult run(ChaosParams params, JobContext context) throws InterruptedException {
    log.begin(context, params.token());
    String how = "interrupted";
    try {
      if (params.children() > 0 && !childrenEnded(params, context)) {
        how = "awaits";
        return new JobResult.Await();
      }
      work(params, context);
      boolean fails = params.fails(context.run(), context.failedAttempts());
      how = fails ? "failed" : "done";
      return fails ? failure(params) : JobResult.done(result(params, context));
    } finally {
      log.end(context, how);
    }
  }

  /** Starts them where no attempt before this one has; an unanswered start may have been one. */
  private boolean childrenEnded(ChaosParams params, JobContext context) {
    if (context.lastCheckpoint().isPresent()) {
      return context.endedChildren().size() >= params.children();
    }
    var children = new ArrayList<JobRequest>();
    for (int i = 0; i < params.children(); i++) {
      String child = params.child(context.attempt(), i).json();
      children.add(JobRequest.of(TYPE, Recording.JSON.readTree(child)));
    }
    log.mark(context, "spawned", context.spawn(children).size());
    context.checkpoint(new byte[] {1});
    return false;
  }

  /** In one go, or in steps each of which is kept. */
  private void work(ChaosParams params, JobContext context) throws InterruptedException {
    if (params.steps() == 0) {
      pause(params.work());
      return;
    }
    int kept = context.lastCheckpoint().map(state -> (int) state[0]).orElse(0);
    log.mark(context, "resumed", kept);
    for (int step = kept + 1; step <= params.steps(); step++) {
      pause(params.work() / params.steps());
      context.progress(step, params.steps(), null);
      log.mark(context, "keeps", step);
      context.checkpoint(new byte[] {(byte) step});
      log.mark(context, "kept", step);
    }
    context.progress(params.steps(), params.steps(), null);
  }

  private static void pause(long millis) throws InterruptedException {
    boolean _ = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
  }

  private static JobResult failure(ChaosParams params) {
    String title = "The job was asked to fail";
    return new JobResult.Fail(
        params.terminal()
            ? JobError.terminal(ASKED, title, "For good.")
            : JobError.retryable(ASKED, title, "For now."));
  }

  /** Names its attempt, so that the recorded result tells whose it is. */
  private static ResultBody result(ChaosParams params, JobContext context) {
    String json =
        """
        {"token":"%s","run":%d,"attempt":%d,"pad":"%s"}\
        """
            .formatted(
                params.token(), context.run(), context.attempt(), "x".repeat(params.bytes()));
    return ResultBody.json(json.getBytes(StandardCharsets.UTF_8));
  }
}
