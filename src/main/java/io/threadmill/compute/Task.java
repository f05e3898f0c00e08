package io.threadmill.compute;

import io.threadmill.job.JobResult.ResultBody;

/** A function and the checked input it is to be called with. */
record Task<I>(LoadedFunction<I> function, I input) {

  Work work() {
    return function.work(input);
  }

  ResultBody compute(ComputeContext context) throws InterruptedException, ComputationFailed {
    return function.compute(input, context);
  }
}
