package io.threadmill.chaos;

import io.threadmill.chaos.History.Stall;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how much of its time this machine withheld from the run: how late a thread woke up that
 * wanted to every few milliseconds, and which share of the processors others took. Bounds on time
 * allow for these, openly and for nothing else.
 */
final class StallTicker implements AutoCloseable {

  private static final long TICK = 10;

  /** Measured over this; what was withheld is thought to be spread evenly in it. */
  private static final long WINDOW = 500;

  /** A smaller part is any scheduler's business. */
  private static final double LEAST = 0.05;

  private final RunClock clock;
  private final Recording recording;
  private final ForeignLoad foreign;
  private final Thread thread;

  StallTicker(RunClock clock, Recording recording, ForeignLoad foreign) {
    this.clock = clock;
    this.recording = recording;
    this.foreign = foreign;
    thread = Thread.ofPlatform().daemon().name("stall-ticker").start(this::tick);
  }

  private void tick() {
    long begin = clock.now();
    long last = begin;
    long late = 0;
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TICK));
      long now = clock.now();
      late += Math.max(0, now - last - 2 * TICK);
      last = now;
      long length = now - begin;
      if (length >= WINDOW) {
        long withheld = Math.max(late, Math.round(foreign.share() * length));
        if (withheld >= LEAST * length) {
          recording.stall(new Stall(begin, now, withheld, late));
        }
        begin = now;
        late = 0;
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(1000);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
