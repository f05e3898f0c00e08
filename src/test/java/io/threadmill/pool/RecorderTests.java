package io.threadmill.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.threadmill.job.CacheOptions;
import io.threadmill.job.Ending;
import io.threadmill.job.JobId;
import io.threadmill.job.JobListener;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobQueue.Recording;
import io.threadmill.job.JobQueue.Verdict;
import io.threadmill.job.RetryPolicy;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.TakenJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

@Timeout(30)
class RecorderTests {

  private final List<JobId> told = Collections.synchronizedList(new ArrayList<>());
  private static final ManagedPool POOL =
      new ManagedPool("p", 1, 4, 4, new ThreadPoolTaskExecutor(), new Goodput(() -> 0L));

  static Attempt attempt(int number) {
    return new Attempt(
        new TakenJob(
            new JobId("%026d".formatted(number)),
            "1-a",
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
                List.of(
                    new JobListener() {
                      @Override
                      public void recorded(
                          TakenJob job, Ending ending, Duration ran, Duration total) {
                        told.add(job.id());
                      }
                    })));
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
}
