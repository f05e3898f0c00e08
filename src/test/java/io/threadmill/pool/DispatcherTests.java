package io.threadmill.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.threadmill.job.JobListeners;
import io.threadmill.job.JobQueue;
import io.threadmill.job.TakenJob;
import io.threadmill.job.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

@Timeout(30)
class DispatcherTests {

  private static final int SIZE = 4;

  /** Its jobs are started and never run: each keeps its slot until the test gives it back. */
  private final ManagedPool pool =
      new ManagedPool(
          "p", SIZE, SIZE, SIZE, mock(ThreadPoolTaskExecutor.class), new Goodput(() -> 0L));

  private final JobQueue queue = mock(JobQueue.class);
  private final List<Integer> takes = Collections.synchronizedList(new ArrayList<>());

  /** A queue that has so many jobs for each take, one after the other, and none afterwards. */
  private Dispatcher dispatcher(Duration gather, int... jobs) throws Exception {
    when(queue.take(any(), anyInt()))
        .thenAnswer(call -> {
          takes.add(call.getArgument(1));
          int taken = takes.size() > jobs.length ? 0 : jobs[takes.size() - 1];
          return Optional.of(
              IntStream.range(0, taken)
                  .<TakenJob>mapToObj(i -> RecorderTests.attempt(takes.size() * 10 + i).job())
                  .toList());
        });
    Ticker ticker = () -> 0;
    var recorder = new Recorder(queue, ticker, new Listeners(new JobListeners(List.of())));
    return new Dispatcher(
        pool, queue, recorder, mock(RunPipeline.class), mock(Heart.class), ticker, gather);
  }

  @Test
  void whileMoreWorkWaitsThanThereAreSlotsATakeWaitsForHalfOfThem() throws Exception {
    Dispatcher dispatcher = dispatcher(Duration.ofSeconds(20), SIZE, 2);
    dispatcher.start();
    try {
      await().until(() -> takes.equals(List.of(SIZE)));
      pool.release(1);
      await().until(() -> pool.reserve(1, 1, Duration.ZERO) == 0); // it has that one
      pool.release(1);
      await().until(() -> takes.size() > 1);
      assertThat(takes).startsWith(SIZE, 2);
    } finally {
      dispatcher.stop(Duration.ofSeconds(2));
    }
  }

  @Test
  void butNotForLong() throws Exception {
    Dispatcher dispatcher = dispatcher(Duration.ofMillis(1), SIZE, 1);
    dispatcher.start();
    try {
      await().until(() -> takes.equals(List.of(SIZE)));
      pool.release(1);
      await().until(() -> takes.size() > 1);
      assertThat(takes).startsWith(SIZE, 1);
    } finally {
      dispatcher.stop(Duration.ofSeconds(2));
    }
  }

  @Test
  void aStopWhileItWaitsForSlotsGivesThoseItHasBack() throws Exception {
    Dispatcher dispatcher = dispatcher(Duration.ofSeconds(20), SIZE);
    dispatcher.start();
    await().until(() -> takes.equals(List.of(SIZE)));
    pool.release(1);
    await().until(() -> free() == 0); // it has that one
    dispatcher.stop(Duration.ofSeconds(5));
    await().until(() -> free() == 1);
  }

  private int free() throws InterruptedException {
    int free = pool.reserve(1, SIZE, Duration.ZERO);
    pool.release(free);
    return free;
  }

  @Test
  void whereWorkIsShortASlotIsUsedAtOnce() throws Exception {
    Dispatcher dispatcher = dispatcher(Duration.ofSeconds(20), SIZE - 1, 1);
    dispatcher.start();
    try {
      await().until(() -> takes.size() > 1);
      assertThat(takes).startsWith(SIZE, 1);
    } finally {
      dispatcher.stop(Duration.ofSeconds(2));
    }
  }
}
