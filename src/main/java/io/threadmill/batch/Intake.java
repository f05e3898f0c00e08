package io.threadmill.batch;

import io.threadmill.batch.BatchRepository.Appended;
import io.threadmill.batch.BatchRepository.Close;
import io.threadmill.batch.BatchRepository.InvalidRow;
import io.threadmill.batch.BatchRepository.Row;
import io.threadmill.batch.BatchRepository.ValidRow;
import io.threadmill.job.BacklogFull;
import io.threadmill.job.InvalidJob;
import io.threadmill.job.JobId;
import io.threadmill.job.JobLimits;
import io.threadmill.job.JobListeners;
import io.threadmill.job.JobSpec;
import io.threadmill.job.JobTypes;
import io.threadmill.job.PayloadTooLarge;
import io.threadmill.job.StoreFault;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.Violations.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The way of one batch's items into Redis, some hundred at a time, so that no more of them are ever
 * in memory. Until it is closed, what comes slowly is written at least once a second and the batch
 * is not taken for cut off. Its items are given by one thread; {@link #tend} is another's.
 */
public final class Intake implements AutoCloseable {

  /** Rows in one call, and their characters: a call holds Redis some milliseconds at most. */
  private static final int MOST_ROWS = 500;

  private static final int MOST_CHARS = 192 * 1024;

  /** Rounds without a row, a second each, after which is told that more may come. */
  private static final int QUIET_ROUNDS = 15;

  private final JobId id;
  private final JobSpec frame;
  private final JsonNode common;
  private final boolean atomic;
  private final JobTypes types;
  private final BatchRepository repository;
  private final JobListeners listeners;
  private final IntakeTimer timer;
  private final int mostRows;
  private final AtomicBoolean tended = new AtomicBoolean();
  private final List<Row> rows = new ArrayList<>();
  private int chars;
  private int chunk;
  private int taken;
  private int written;
  private int quiet;
  private boolean open = true;
  private @Nullable RuntimeException fault;

  /**
   * @param common the params that all items share, unless they bring their own
   */
  Intake(
      JobId id,
      JobSpec frame,
      JsonNode common,
      boolean atomic,
      JobTypes types,
      BatchRepository repository,
      JobListeners listeners,
      IntakeTimer timer,
      int mostRows) {
    this.id = id;
    this.frame = frame;
    this.common = common;
    this.atomic = atomic;
    this.types = types;
    this.repository = repository;
    this.listeners = listeners;
    this.timer = timer;
    this.mostRows = mostRows;
  }

  public JobId id() {
    return id;
  }

  /**
   * Takes an item: as a row that will run, or as one that has failed.
   *
   * @param line of an NDJSON body, from 1; 0 for an item of a JSON body
   * @throws InvalidJob when the item is not valid and the batch is atomic; nothing of it is left
   * @throws BacklogFull when there is no room for more rows; those before stay, unless it is atomic
   * @throws BatchCutOff when the batch takes no more rows
   * @throws TooManyRows when it has as many as it may; those stay, unless it is atomic
   */
  public synchronized void add(JsonNode item, int line) {
    JsonNode params = MergePatch.apply(common, item);
    try {
      if (!item.isObject()) {
        throw new InvalidJob(List.of(new Violation("", "must be a JSON object")));
      }
      take(new ValidRow(types.row(frame, params)));
    } catch (InvalidJob invalid) {
      refuse(params.isObject() ? params.toString() : "{}", invalid.violations(), line);
    } catch (PayloadTooLarge large) {
      refuse("{}", List.of(new Violation("", String.valueOf(large.getMessage()))), line);
    }
  }

  /**
   * Takes an item that could not even be read.
   *
   * @throws InvalidJob as {@link #add} does, and the rest likewise
   */
  public synchronized void addUnreadable(String detail, int line) {
    refuse("{}", List.of(new Violation("", detail)), line);
  }

  private void refuse(String params, List<Violation> faults, int line) {
    if (atomic) {
      drop();
      String where = line == 0 ? "/items/" + taken : "";
      throw new InvalidJob(
          faults.stream()
              .map(fault ->
                  new Violation(
                      where + fault.pointer(),
                      line == 0 ? fault.detail() : "line " + line + ": " + fault.detail()))
              .toList());
    }
    boolean small = params.length() <= JobLimits.MAX_PARAMS_BYTES / 4;
    take(new InvalidRow(small ? params : "{}", BatchProblems.invalidItem(faults, line)));
  }

  private void take(Row row) {
    throwFault();
    if (taken == mostRows) {
      if (!atomic) {
        ship();
      }
      end();
      throw new TooManyRows(mostRows);
    }
    taken++;
    int size = row.params().length() + 600; // about what else a record holds
    if (chars + size > MOST_CHARS) {
      ship();
    }
    rows.add(row);
    chars += size;
    if (rows.size() == MOST_ROWS) {
      ship();
    }
  }

  private void ship() {
    if (rows.isEmpty()) {
      return;
    }
    Appended appended;
    try {
      appended = repository.append(id, frame, ++chunk, rows);
    } catch (BacklogFull | StoreFault refused) {
      end();
      throw refused;
    }
    if (appended == Appended.CUT_OFF) {
      open = false;
      throw new BatchCutOff(id);
    }
    written += rows.size();
    if (appended == Appended.RUNNABLE) {
      List<JobSpec> runnable =
          rows.stream()
              .filter(ValidRow.class::isInstance)
              .map(row -> ((ValidRow) row).spec())
              .toList();
      listeners.tell(listener -> listener.enqueued(runnable));
    }
    rows.clear();
    chars = 0;
  }

  /** No more can come: what is written stands as cut off, unless it makes no sense by itself. */
  private void end() {
    open = false;
    if (atomic) {
      written = 0;
    }
    repository.close(id, written == 0 ? Close.DROP : Close.CUT);
  }

  /** Throws what went wrong while nobody was there to be told. */
  private void throwFault() {
    if (fault != null) {
      throw fault;
    }
  }

  /** What is regularly done beside the items; passed over while it is under way already. */
  void tend() {
    if (tended.compareAndSet(false, true)) {
      try {
        writeHeld();
      } finally {
        tended.set(false);
      }
    }
  }

  private synchronized void writeHeld() {
    if (!open || fault != null) {
      return;
    }
    try {
      if (!rows.isEmpty()) {
        ship();
        quiet = 0;
      } else if (++quiet >= QUIET_ROUNDS) {
        stayOpen();
      }
    } catch (RuntimeException refused) {
      fault = refused;
    }
  }

  private void stayOpen() {
    try {
      if (repository.append(id, frame, chunk + 1, List.of()) == Appended.CUT_OFF) {
        open = false;
        throw new BatchCutOff(id);
      }
      quiet = 0;
    } catch (StoreUnavailable _) {
      // nothing is lost: told again in the next round
    }
  }

  /** How many items are known to be in Redis, and stay there. */
  public synchronized int written() {
    return written;
  }

  /** All items have come. */
  public synchronized void finish() {
    throwFault();
    ship();
    open = false;
    repository.close(id, Close.WHOLE);
  }

  /** The items broke off: what has come runs, unless the batch is atomic. */
  public synchronized void cutOff() {
    if (open && fault == null) {
      ship();
    }
    open = false;
    repository.close(id, Close.CUT);
  }

  private void drop() {
    open = false;
    repository.close(id, Close.DROP);
  }

  /** Nobody looks after it any more; does not end the batch's intake. */
  @Override
  public void close() {
    timer.remove(this);
  }
}
