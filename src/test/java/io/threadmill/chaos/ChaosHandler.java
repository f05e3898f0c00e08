package io.threadmill.chaos;

import io.threadmill.job.JobContext;
import io.threadmill.job.JobError;
import io.threadmill.job.JobHandler;
import io.threadmill.job.JobResult;
import io.threadmill.job.JobResult.ResultBody;
import java.nio.charset.StandardCharsets;
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
      boolean _ = new CountDownLatch(1).await(params.work(), TimeUnit.MILLISECONDS);
      boolean fails = params.fails(context.run(), context.failedAttempts());
      how = fails ? "failed" : "done";
      return fails ? failure(params) : JobResult.done(result(params, context));
    } finally {
      log.end(context, how);
    }
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
