package io.threadmill.job;

/** The attempt is no longer the one that counts: its lease passed to another, or it was ended. */
public final class LeaseLost extends ThreadmillException {

  public LeaseLost(JobId id) {
    super("the lease of job " + id + " is lost");
  }
}
