package io.threadmill.redis;

import io.threadmill.job.BacklogFull;
import io.threadmill.job.IdempotencyConflict;
import io.threadmill.job.JobRepository.Enqueued;
import io.threadmill.job.JobRepository.Idempotency;
import io.threadmill.job.JobSpec;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.Ticker;
import io.threadmill.job.TooManyWaiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Ships single submissions together: callers wait for their own answer while one sender writes
 * whatever has gathered since its last call. A lone submission goes at once; one that comes soon
 * after a call waits for company, since what it costs Redis goes by the call. Thread-safe.
 */
final class GroupCommit implements AutoCloseable {

  /** Submissions in one call, and their bytes, so that no call holds Redis for long. */
  static final int MOST = 64;

  private static final int MOST_BYTES = 256 * 1024;

  /** Between the end of a call and the next, unless as many wait as go in one. */
  static final Duration GATHER = Duration.ofMillis(1);

  /** Waiting submissions; beyond this more waiting only hides that Redis is away. */
  private static final int CAPACITY = 4096;

  private static final Duration PAUSE = Duration.ofSeconds(5);

  record Submission(
      JobSpec spec, @Nullable Idempotency idempotency, CompletableFuture<Enqueued> answer) {}

  /** What became of a submission: a code of {@code enqueue.lua}, and the job where there is one. */
  record Answer(String code, @Nullable Enqueued enqueued) {}

  private final BlockingQueue<Submission> waiting = new ArrayBlockingQueue<>(CAPACITY);
  private final Function<List<Submission>, List<Answer>> writer;
  private final Duration patience;
  private final Ticker ticker;
  private final Thread sender;
  private long lastCall; // owned by the sender thread, as is what follows
  private @Nullable Submission heldOver;

  /**
   * @param writer writes submissions and answers what became of each
   * @param patience how long a submission waits from its arrival, whatever the sender is at
   */
  GroupCommit(Function<List<Submission>, List<Answer>> writer, Duration patience, Ticker ticker) {
    this.writer = writer;
    this.patience = patience;
    this.ticker = ticker;
    lastCall = ticker.nanos() - GATHER.toNanos();
    sender = Thread.ofPlatform().daemon().name("enqueue-sender").start(this::send);
  }

  Enqueued submit(JobSpec spec, @Nullable Idempotency idempotency) {
    var submission = new Submission(spec, idempotency, new CompletableFuture<>());
    if (!waiting.offer(submission)) {
      throw new TooManyWaiting("too many submissions wait to be written");
    }
    try {
      return submission.answer().get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      // Not sent yet: the sender passes over it. Sent: an answer that comes later is passed over.
      submission.answer().cancel(false);
      throw new StoreUnavailable("Redis did not answer in time", late);
    } catch (ExecutionException failed) {
      switch (failed.getCause()) {
        case RuntimeException refusal -> throw refusal;
        case Error fault -> throw fault;
        case null, default -> throw new IllegalStateException(failed);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable("interrupted while waiting for Redis", interrupted);
    }
  }

  /** Submissions that no call has taken up yet. */
  int waiting() {
    return waiting.size();
  }

  private void send() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        write(gather());
        lastCall = ticker.nanos();
      } catch (InterruptedException _) {
        return;
      }
    }
  }

  private List<Submission> gather() throws InterruptedException {
    var group = new ArrayList<Submission>();
    long bytes = 0;
    Submission next = heldOver != null ? heldOver : waiting.take();
    heldOver = null;
    Duration left = GATHER.minusNanos(ticker.nanos() - lastCall);
    if (left.isPositive() && waiting.size() < MOST - 1) {
      ticker.pause(left);
    }
    while (next != null) {
      long size = next.spec().params().length();
      if (!group.isEmpty() && bytes + size > MOST_BYTES) {
        heldOver = next;
        break;
      }
      if (!next.answer().isDone()) {
        group.add(next);
        bytes += size;
      }
      next = group.size() < MOST ? waiting.poll() : null;
    }
    return group;
  }

  private void write(List<Submission> group) {
    if (group.isEmpty()) {
      return;
    }
    try {
      List<Answer> answers = writer.apply(group);
      for (int i = 0; i < group.size(); i++) {
        settle(group.get(i).answer(), answers.get(i));
      }
    } catch (RuntimeException | Error fault) {
      group.forEach(submission -> submission.answer().completeExceptionally(fault));
    }
  }

  private static void settle(CompletableFuture<Enqueued> answer, Answer told) {
    switch (told.code()) {
      case "N", "R" -> answer.complete(told.enqueued());
      case "X" -> answer.completeExceptionally(new IdempotencyConflict());
      case "B" ->
          answer.completeExceptionally(
              new BacklogFull("the backlog is full; nothing was written", PAUSE));
      default ->
          answer.completeExceptionally(new IllegalStateException("enqueue said " + told.code()));
    }
  }

  @Override
  public void close() {
    sender.interrupt();
  }
}
