package io.threadmill.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.threadmill.job.BacklogFull;
import io.threadmill.job.CacheOptions;
import io.threadmill.job.Ending;
import io.threadmill.job.JobId;
import io.threadmill.job.JobListener;
import io.threadmill.job.JobListeners;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobQueue.Recording;
import io.threadmill.job.JobQueue.Verdict;
import io.threadmill.job.RetryPolicy;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.TakenJob;
import io.threadmill.job.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

@Timeout(30)
class RecorderTests {

  private final List<JobId> told = Collections.synchronizedList(new ArrayList<>());
  private static final ManagedPool POOL =
      new ManagedPool("p", 1, 4, 4, new ThreadPoolTaskExecutor(), new Goodput(() -> 0L));

  static Attempt attempt(int number) {
    return attempt(number, "1-a");
  }

  private static Attempt attempt(int number, String lease) {
    return new Attempt(
        new TakenJob(
            new JobId("%026d".formatted(number)),
            lease,
            "t",
            "{}",
            "p",
            null,
            null,
            1,
            1,
            0,
            new RetryPolicy(3, Duration.ofSeconds(1)),
            Duration.ofMinutes(1),
            CacheOptions.DEFAULT,
            null,
            0,
            Instant.EPOCH,
            Instant.EPOCH,
            Instant.EPOCH,
            Instant.EPOCH),
        POOL,
        () -> 0L);
  }

  @Test
  void anEndingRecordedBeforeTheRestOfItsGroupFailedIsToldOnce() throws Exception {
    JobQueue queue = mock(JobQueue.class);
    List<Integer> calls = Collections.synchronizedList(new ArrayList<>());
    when(queue.record(any()))
        .thenAnswer(call -> {
          List<Recording> group = call.getArgument(0);
          calls.add(group.size());
          if (group.size() > 1) {
            throw new IllegalStateException("one of these is bad");
          }
          if (calls.size() == 3) {
            throw new StoreUnavailable("away", new IllegalStateException());
          }
          return List.of(Verdict.RECORDED);
        });
    var recorder =
        new Recorder(
            queue,
            () -> 0L,
            new Listeners(
                new JobListeners(
                    List.of(
                        new JobListener() {
                          @Override
                          public void recorded(
                              TakenJob job, Ending ending, Duration ran, Duration total) {
                            told.add(job.id());
                          }
                        }))));
    for (int i = 1; i <= 2; i++) {
      Attempt attempt = attempt(i);
      recorder.hold(attempt);
      recorder.record(attempt, new Ending.Cancelled());
    }
    recorder.start();
    try {
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> recorder.heldCount() == 0 && told.size() > 1);
    } finally {
      recorder.stop(Duration.ofSeconds(2));
    }
    assertThat(told).containsExactly(attempt(1).job().id(), attempt(2).job().id());
    assertThat(calls).containsExactly(2, 1, 1, 1);
  }

  @Test
  void anEndingThatRedisRefusesByItselfHoldsUpNoOther() throws Exception {
    JobQueue queue = mock(JobQueue.class);
    JobId bad = attempt(2).job().id();
    var full = new AtomicBoolean(true);
    when(queue.record(any()))
        .thenAnswer(call -> {
          List<Recording> group = call.getArgument(0);
          if (full.get() && group.stream().anyMatch(one -> one.job().id().equals(bad))) {
            throw new BacklogFull("no room for its result", Duration.ofSeconds(1));
          }
          return group.stream().map(_ -> Verdict.RECORDED).toList();
        });
    var postponed = new AtomicInteger();
    var recorder = new Recorder(queue, System::nanoTime, listeners(postponed));
    for (int i = 1; i <= 3; i++) {
      Attempt attempt = attempt(i);
      recorder.hold(attempt);
      recorder.record(attempt, new Ending.Cancelled());
    }
    recorder.start();
    try {
      await().atMost(Duration.ofSeconds(10)).until(() -> told.size() == 2);
      assertThat(told).containsExactly(attempt(1).job().id(), attempt(3).job().id());
      Attempt later = attempt(4);
      recorder.hold(later);
      recorder.record(later, new Ending.Cancelled());
      await().atMost(Duration.ofSeconds(10)).until(() -> told.size() == 3);
      assertThat(recorder.held()).extracting(one -> one.job().id()).containsExactly(bad);
      full.set(false);
      await().atMost(Duration.ofSeconds(20)).until(() -> recorder.heldCount() == 0);
      assertThat(told.getLast()).isEqualTo(bad);
      assertThat(postponed).as("told once, however often it was offered").hasValue(1);
    } finally {
      recorder.stop(Duration.ofSeconds(2));
    }
  }

  @Test
  void whileManyJobsEndACallWaitsForMoreEndingsAndOneThatComesAloneDoesNot() throws Exception {
    JobQueue queue = mock(JobQueue.class);
    List<Integer> calls = Collections.synchronizedList(new ArrayList<>());
    when(queue.record(any()))
        .thenAnswer(call -> {
          List<Recording> group = call.getArgument(0);
          calls.add(group.size());
          return group.stream().map(_ -> Verdict.RECORDED).toList();
        });
    var pauses = Collections.synchronizedList(new ArrayList<Duration>());
    var recorders = new ArrayList<Recorder>();
    var ticker =
        new Ticker() {
          @Override
          public long nanos() {
            return 0;
          }

          @Override
          public void pause(Duration duration) {
            pauses.add(duration);
            for (int number = 4; number < 60; number++) {
              end(recorders.getFirst(), number);
            }
          }
        };
    var recorder = new Recorder(queue, ticker, listeners(new AtomicInteger()));
    recorders.add(recorder);
    end(recorder, 1);
    end(recorder, 2);
    recorder.start();
    try {
      await().until(() -> calls.equals(List.of(2)));
      assertThat(pauses).isEmpty();
      end(recorder, 3);
      await().until(() -> calls.equals(List.of(2, 57)));
      assertThat(pauses).as("until there are enough").hasSize(1);
    } finally {
      recorder.stop(Duration.ofSeconds(2));
    }
  }

  private static void end(Recorder recorder, int number) {
    Attempt attempt = attempt(number);
    recorder.hold(attempt);
    recorder.record(attempt, new Ending.Cancelled());
  }

  private Listeners listeners(AtomicInteger postponed) {
    return new Listeners(
        new JobListeners(
            List.of(
                new JobListener() {
                  @Override
                  public void recorded(TakenJob job, Ending ending, Duration ran, Duration total) {
                    told.add(job.id());
                  }

                  @Override
                  public void postponed(TakenJob job) {
                    postponed.incrementAndGet();
                  }
                })));
  }

  @Test
  void aJobTakenAgainWhileItsLostAttemptRunsHasBothWatchedAndTheOldOneStopped() throws Exception {
    JobQueue queue = mock(JobQueue.class);
    when(queue.record(any())).thenReturn(List.of(Verdict.REFUSED));
    var lost = Collections.synchronizedList(new ArrayList<String>());
    var recorder =
        new Recorder(
            queue,
            System::nanoTime,
            new Listeners(
                new JobListeners(
                    List.of(
                        new JobListener() {
                          @Override
                          public void leaseLost(TakenJob job) {
                            lost.add(job.lease());
                          }
                        }))));
    Attempt old = attempt(1, "1-a");
    Attempt young = attempt(1, "2-b");
    recorder.hold(old);
    assertThat(old.enter()).isTrue();
    recorder.hold(young);
    assertThat(Thread.interrupted()).as("its thread is told").isTrue();
    assertThat(old.stopped()).isEqualTo(Attempt.Stop.LEASE_LOST);
    assertThat(young.stopped()).isNull();
    assertThat(recorder.held()).containsExactlyInAnyOrder(old, young);
    assertThat(recorder.heldCount()).isEqualTo(2);
    recorder.loseLeases(List.of(old.job()));
    assertThat(lost).as("told once").containsExactly("1-a");
    assertThat(young.stopped()).isNull();

    recorder.start();
    try {
      recorder.record(old, new Ending.Released(Duration.ZERO));
      await().atMost(Duration.ofSeconds(10)).until(() -> recorder.heldCount() == 1);
      assertThat(recorder.held()).containsExactly(young);
    } finally {
      recorder.stop(Duration.ofSeconds(2));
    }
  }
}
