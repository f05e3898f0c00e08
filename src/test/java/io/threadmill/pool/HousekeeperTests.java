package io.threadmill.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.threadmill.job.BacklogFull;
import io.threadmill.job.JobId;
import io.threadmill.job.JobListener;
import io.threadmill.job.JobListener.Duty;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobQueue.ProgressNote;
import io.threadmill.job.JobSnapshot.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HousekeeperTests {

  @Test
  void progressOfMoreJobsThanFitInOneCallIsToldInTheNext() {
    Set<JobId> told = ConcurrentHashMap.newKeySet();
    JobQueue queue = mock(JobQueue.class);
    doAnswer(
            call -> {
              List<ProgressNote> notes = call.getArgument(0);
              notes.forEach(note -> told.add(note.job().id()));
              return null;
            })
        .when(queue)
        .progress(any());
    var listeners = new Listeners(List.of());
    var recorder = new Recorder(queue, System::nanoTime, listeners);
    for (int i = 0; i < 250; i++) {
      Attempt attempt = RecorderTests.attempt(i);
      attempt.progress(new Progress(1, 2, null));
      recorder.hold(attempt);
    }
    var housekeeper = new Housekeeper(queue, recorder, listeners, System::nanoTime);
    housekeeper.start();
    try {
      await().atMost(Duration.ofSeconds(10)).until(() -> told.size() == 250);
    } finally {
      housekeeper.stop(Duration.ofSeconds(2));
    }
  }

  @Test
  void aDutyThatFailsKeepsNoneOfTheOthersFromBeingTried() {
    JobQueue queue = mock(JobQueue.class);
    var refused = new BacklogFull("full", Duration.ofSeconds(1));
    when(queue.promote()).thenThrow(refused);
    doThrow(refused).when(queue).progress(any());
    Attempt cancelled = RecorderTests.attempt(1);
    cancelled.progress(new Progress(1, 2, null));
    when(queue.cancellations()).thenReturn(List.of(cancelled.job().id()));
    Set<Duty> failed = ConcurrentHashMap.newKeySet();
    var listeners =
        new Listeners(
            List.of(
                new JobListener() {
                  @Override
                  public void housekeepingFailed(Duty duty) {
                    failed.add(duty);
                  }
                }));
    var recorder = new Recorder(queue, System::nanoTime, listeners);
    recorder.hold(cancelled);
    var housekeeper = new Housekeeper(queue, recorder, listeners, System::nanoTime);
    housekeeper.start();
    try {
      verify(queue, timeout(10_000).atLeast(2)).sweep();
      verify(queue, timeout(10_000).atLeast(2)).expire();
      assertThat(cancelled.stopped()).isEqualTo(Attempt.Stop.CANCELLED);
      assertThat(failed).contains(Duty.PROMOTE).isSubsetOf(Duty.PROMOTE, Duty.PROGRESS);
    } finally {
      housekeeper.stop(Duration.ofSeconds(2));
    }
  }
}
