package io.threadmill.redis;

import io.threadmill.job.BacklogFull;
import io.threadmill.job.IdempotencyConflict;
import io.threadmill.job.JobId;
import io.threadmill.job.JobRepository.Enqueued;
import io.threadmill.job.JobRepository.Idempotency;
import io.threadmill.job.JobSpec;
import io.threadmill.job.StoreUnavailable;
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
 * whatever has gathered since its last call. No timer: a lone submission goes at once. Thread-safe.
 */
final class GroupCommit implements AutoCloseable {

  /** Submissions in one call, and their bytes, so that no call holds Redis for long. */
  static final int MOST = 64;

  private static final int MOST_BYTES = 256 * 1024;

  /** Waiting submissions; beyond this more waiting only hides that Redis is away. */
  private static final int CAPACITY = 4096;

  private static final Duration PAUSE = Duration.ofSeconds(5);

  record Submission(
      JobSpec spec, @Nullable Idempotency idempotency, CompletableFuture<Enqueued> answer) {}

  private final BlockingQueue<Submission> waiting = new ArrayBlockingQueue<>(CAPACITY);
  private final Function<List<Submission>, List<Object>> writer;
  private final Duration patience;
  private final Thread sender;
  private @Nullable Submission heldOver; // owned by the sender thread

  /**
   * @param writer writes submissions, answering a code and an id each, as {@code enqueue.lua} does
   * @param patience how long a submission waits from its arrival, whatever the sender is at
   */
  GroupCommit(Function<List<Submission>, List<Object>> writer, Duration patience) {
    this.writer = writer;
    this.patience = patience;
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

  private void send() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        write(gather());
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
      List<Object> answers = writer.apply(group);
      for (int i = 0; i < group.size(); i++) {
        settle(group.get(i).answer(), (String) answers.get(2 * i), (String) answers.get(2 * i + 1));
      }
    } catch (RuntimeException | Error fault) {
      group.forEach(submission -> submission.answer().completeExceptionally(fault));
    }
  }

  private static void settle(CompletableFuture<Enqueued> answer, String code, String id) {
    switch (code) {
      case "N" -> answer.complete(new Enqueued(new JobId(id), false));
      case "R" -> answer.complete(new Enqueued(new JobId(id), true));
      case "X" -> answer.completeExceptionally(new IdempotencyConflict());
      case "B" ->
          answer.completeExceptionally(
              new BacklogFull("the backlog is full; nothing was written", PAUSE));
      default -> answer.completeExceptionally(new IllegalStateException("enqueue said " + code));
    }
  }

  @Override
  public void close() {
    sender.interrupt();
  }
}
