package io.threadmill.egress;

import io.threadmill.egress.HopGuard.Clearance;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.concurrent.Cancellable;
import org.jspecify.annotations.Nullable;

/**
 * One fetch in progress, over all its hops. Plain fields are owned by the fetching thread; {@code
 * ended}, {@code request} and {@code dialling} are also read by the timer.
 */
final class Exchange {

  /** Bound around each hop, so that resolver and sockets know for whom they work. */
  static final ScopedValue<Exchange> CURRENT = ScopedValue.newInstance();

  /** How far the current hop has come: it tells a refused connection from a lost one. */
  enum Phase {
    WAITING,
    LOOKUP,
    CONNECT,
    TLS,
    TRANSFER
  }

  enum End {
    FINISHED,
    DEADLINE,
    STOPPED
  }

  private final long startedAt = System.nanoTime();
  private final long deadline;
  private final AtomicReference<@Nullable End> ended = new AtomicReference<>();
  private volatile @Nullable Cancellable request;
  private volatile @Nullable Closeable dialling;

  private Clearance clearance = Clearance.PUBLIC;
  private Phase phase = Phase.WAITING;
  private boolean blocked;
  private int interimHeads;
  private long lookupNanos;
  private long connectNanos;
  private long phaseAt;
  private long headAt;

  Exchange(Duration timeout) {
    this.deadline = startedAt + timeout.toNanos();
  }

  // Hops

  /** The next hop; an exchange that was ended meanwhile cancels it at once. */
  void begin(Clearance next, Cancellable hop) {
    clearance = next;
    phase = Phase.WAITING;
    interimHeads = 0;
    request = hop;
    if (ended.get() != null) {
      hop.cancel();
    }
  }

  void dial(Closeable socket) throws IOException {
    dialling = socket;
    if (ended.get() != null) {
      socket.close();
    }
  }

  /** From here on the connection may go back to the pool, and closing it is the request's part. */
  void dialled() {
    dialling = null;
  }

  Clearance clearance() {
    return clearance;
  }

  int countInterimHead() {
    return ++interimHeads;
  }

  void block() {
    blocked = true;
  }

  boolean blocked() {
    return blocked;
  }

  // Ends

  /** Aborts what is under way, from any thread; false when it had ended before. */
  boolean abort(End why) {
    if (!ended.compareAndSet(null, why)) {
      return false;
    }
    Cancellable current = request;
    if (current != null) {
      current.cancel();
    }
    Closeable socket = dialling;
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException _) {
        // It is gone either way.
      }
    }
    return true;
  }

  /** Whether the fetch came to its own end before anybody aborted it. */
  boolean finish() {
    return ended.compareAndSet(null, End.FINISHED) || ended.get() == End.FINISHED;
  }

  @Nullable End ended() {
    return ended.get();
  }

  Duration remaining() {
    return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
  }

  boolean overdue() {
    return System.nanoTime() - deadline >= 0;
  }

  // Time

  Phase phase() {
    return phase;
  }

  /** Moves on and books the time of the phase that is over. */
  void enter(Phase next) {
    long now = System.nanoTime();
    switch (phase) {
      case LOOKUP -> lookupNanos += now - phaseAt;
      case CONNECT, TLS -> connectNanos += now - phaseAt;
      case WAITING, TRANSFER -> {}
    }
    phase = next;
    phaseAt = now;
  }

  void headArrived() {
    headAt = System.nanoTime();
  }

  Timings timings() {
    long now = System.nanoTime();
    return new Timings(
        millis(lookupNanos),
        millis(connectNanos),
        millis(headAt - startedAt),
        millis(now - headAt),
        millis(now - startedAt));
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}
