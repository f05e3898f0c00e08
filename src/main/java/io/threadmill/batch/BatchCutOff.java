package io.threadmill.batch;

import io.threadmill.job.JobId;

/**
 * No rows had come for so long that the batch counts as cut off while its items still came. Those
 * written before stay, unless it is atomic.
 */
public final class BatchCutOff extends RuntimeException {

  BatchCutOff(JobId id) {
    super("batch " + id + " counts as cut off", null, false, false); // an answer, not a fault
  }
}
