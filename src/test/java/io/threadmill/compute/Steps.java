package io.threadmill.compute;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A context that notes what it is told and ends the computation once it was asked so often. It
 * measures how much of its thread's processor time a function uses without asking, which other
 * programs on the machine do not change.
 */
public final class Steps implements ComputeContext {

  /** The progress told, as {@code done/total}. */
  public final List<String> told = new ArrayList<>();

  private final long endAt;
  private long asked;
  private long lastAsked = used();
  private long longestGap;

  private Steps(long endAt) {
    this.endAt = endAt;
  }

  private static long used() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  public static Steps unlimited() {
    return new Steps(Long.MAX_VALUE);
  }

  /** Ends the computation at its n-th question. */
  public static Steps endingAt(long question) {
    return new Steps(question);
  }

  public long asked() {
    return asked;
  }

  public Duration longestGap() {
    return Duration.ofNanos(longestGap);
  }

  @Override
  public void progress(long done, long total) {
    told.add(done + "/" + total);
  }

  @Override
  public void check() throws InterruptedException {
    long now = used();
    longestGap = Math.max(longestGap, now - lastAsked);
    lastAsked = now;
    if (++asked >= endAt) {
      throw new InterruptedException("the test ends it");
    }
  }

  @Override
  public Duration remaining() {
    return Duration.ofMinutes(10);
  }
}
