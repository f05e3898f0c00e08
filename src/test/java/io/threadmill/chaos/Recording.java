package io.threadmill.chaos;

import io.threadmill.chaos.History.Known;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Writes a run's history as JSON lines, a file a kind, as it happens. Thread-safe. */
final class Recording implements AutoCloseable {

  static final JsonMapper JSON = JsonMapper.builder().build();

  /** The first line of a call. */
  record Invoke(
      String e,
      long call,
      String op,
      int slot,
      long nanos,
      long wall,
      @Nullable Order order,
      @Nullable String id) {}

  /** Its second line; a call without one is {@code info} until the end of time. */
  record Complete(
      Known e,
      long call,
      long nanos,
      long wall,
      int status,
      @Nullable String id,
      @Nullable String state,
      int run,
      List<String> seen,
      String note) {}

  private final Path folder;
  private final BufferedWriter calls;
  private final BufferedWriter events;
  private final BufferedWriter faults;
  private final BufferedWriter lives;
  private final BufferedWriter stalls;
  private final AtomicLong numbers = new AtomicLong();

  Recording(Path folder) {
    this.folder = folder;
    calls = open("calls.jsonl");
    events = open("events.jsonl");
    faults = open("faults.jsonl");
    lives = open("lives.jsonl");
    stalls = open("stalls.jsonl");
  }

  private BufferedWriter open(String name) {
    try {
      return Files.newBufferedWriter(folder.resolve(name));
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  long invoke(String op, int slot, @Nullable Order order, @Nullable String id) {
    long number = numbers.incrementAndGet();
    long wall = System.currentTimeMillis();
    line(calls, new Invoke("invoke", number, op, slot, System.nanoTime(), wall, order, id));
    return number;
  }

  void complete(
      long call,
      Known known,
      int status,
      @Nullable String id,
      @Nullable String state,
      int run,
      List<String> seen,
      String note) {
    long wall = System.currentTimeMillis();
    line(
        calls,
        new Complete(known, call, System.nanoTime(), wall, status, id, state, run, seen, note));
  }

  void event(History.Event event) {
    line(events, event);
  }

  void fault(History.Fault fault) {
    line(faults, fault);
  }

  void life(History.Life life) {
    line(lives, life);
  }

  void stall(History.Stall stall) {
    line(stalls, stall);
  }

  void whole(String name, Object value) {
    try {
      Files.writeString(folder.resolve(name), JSON.writeValueAsString(value));
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  private static void line(BufferedWriter file, Object value) {
    String text = JSON.writeValueAsString(value);
    try {
      synchronized (file) {
        file.write(text);
        file.write('\n');
      }
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  /** What is written so far can be read. */
  void flush() throws IOException {
    synchronized (calls) {
      calls.flush();
    }
  }

  @Override
  public void close() {
    for (BufferedWriter file : List.of(calls, events, faults, lives, stalls)) {
      try {
        synchronized (file) {
          file.close();
        }
      } catch (IOException fault) {
        throw new UncheckedIOException(fault);
      }
    }
  }
}
