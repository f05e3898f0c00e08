package io.threadmill.chaos;

import io.threadmill.chaos.History.Event;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads Redis's event log to its end, again and again, past the proxies: what was recorded when, in
 * Redis's own order. One thread.
 */
final class EventTail implements AutoCloseable {

  private static final int PAGE = 2000;
  private static final String LOG = "{tm}:ev";

  private final int port;
  private final Recording recording;
  private final Thread thread;
  private volatile boolean whole = true;
  private volatile boolean stopping;
  private String last = "0-0"; // owned by the thread

  EventTail(int port, Recording recording) {
    this.port = port;
    this.recording = recording;
    thread = Thread.ofPlatform().daemon().name("event-tail").start(this::follow);
  }

  /** False once something was trimmed away before it was read. */
  boolean whole() {
    return whole;
  }

  private void follow() {
    boolean atEnd = false;
    while (!(stopping && atEnd)) {
      try (var wire = new RedisWire(port, 30_000)) {
        while (!(stopping && atEnd)) {
          atEnd = page(wire) < PAGE;
          if (atEnd && !stopping) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
          }
        }
      } catch (IOException _) { // Redis is down; the log goes on where it stood
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        atEnd = stopping && Thread.currentThread().isInterrupted();
      }
    }
  }

  private int page(RedisWire wire) throws IOException {
    // The last one read is read again: is it gone, others after it may be gone too.
    Object answer = wire.ask("XRANGE", LOG, last, "+", "COUNT", Integer.toString(PAGE));
    if (!(answer instanceof List<?> entries) || entries.isEmpty()) {
      whole &= last.equals("0-0");
      return 0;
    }
    boolean first = true;
    for (Object one : entries) {
      if (!(one instanceof List<?> entry) || !(entry.getLast() instanceof List<?> fields)) {
        continue;
      }
      String sequence = (String) entry.getFirst();
      if (first && !last.equals("0-0")) {
        whole &= sequence.equals(last);
      } else {
        tell(sequence, fields);
      }
      first = false;
      last = sequence;
    }
    return entries.size();
  }

  private void tell(String sequence, List<?> fields) {
    String[] parts = sequence.split("-", 2);
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      if (!"e".equals(fields.get(i))) {
        continue;
      }
      for (String line : ((String) fields.get(i + 1)).split("\n", -1)) {
        String[] told = line.split(" ", 4);
        recording.event(
            new Event(
                Long.parseLong(parts[0]),
                Long.parseLong(parts[1]),
                told[0],
                told[1],
                Integer.parseInt(told[2]),
                Integer.parseInt(told[3])));
      }
    }
  }

  /** Reads what is left and ends. */
  @Override
  public void close() {
    stopping = true;
    try {
      thread.join(TimeUnit.SECONDS.toMillis(30));
      thread.interrupt();
      thread.join(1000);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
