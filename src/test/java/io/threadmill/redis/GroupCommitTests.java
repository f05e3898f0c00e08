package io.threadmill.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.threadmill.job.JobId;
import io.threadmill.job.JobRepository.Enqueued;
import io.threadmill.job.JobSpec;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GroupCommitTests {

  private static final Duration PATIENCE = Duration.ofMillis(300);

  private final JobSpec spec = QueueHarness.aJob().build();
  private final List<Integer> calls = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch answers = new CountDownLatch(1);

  /** A Redis that carries out the first call and answers it when the latch opens. */
  private List<GroupCommit.Answer> write(List<GroupCommit.Submission> group) {
    calls.add(group.size());
    try {
      answers.await();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
    var answers = new ArrayList<GroupCommit.Answer>();
    for (int i = 0; i < group.size(); i++) {
      answers.add(new GroupCommit.Answer("R", new Enqueued(new JobId("%026d".formatted(i)), null)));
    }
    return answers;
  }

  @Test
  void aSubmissionWaitsItsOwnPatienceWhateverTheSenderIsAt() throws Exception {
    try (var commit = new GroupCommit(this::write, PATIENCE, System::nanoTime)) {
      var first = Thread.ofVirtual().start(() -> refused(commit));
      await().until(() -> calls.size() == 1); // the sender hangs in a call from here on
      long begin = System.nanoTime();
      refused(commit);
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(PATIENCE, PATIENCE.multipliedBy(2)); // twice: its own, after another's
      first.join();
      answers.countDown();
      assertThat(commit.submit(spec, null).id().value()).endsWith("0");
      assertThat(calls).as("the second was refused and is not sent later").containsExactly(1, 1);
    }
  }

  @Test
  void aLoneSubmissionGoesAtOnceAndWhatComesSoonAfterACallGoesTogether() {
    answers.countDown();
    var pauses = Collections.synchronizedList(new ArrayList<Duration>());
    var third = new CompletableFuture<Enqueued>();
    var commits = new CompletableFuture<GroupCommit>();
    var ticker =
        new Ticker() {
          @Override
          public long nanos() {
            return 0; // all of it within one instant
          }

          @Override
          public void pause(Duration duration) {
            pauses.add(duration);
            Thread.ofVirtual().start(() -> third.complete(commits.join().submit(spec, null)));
            await().until(() -> commits.join().waiting() == 1);
          }
        };
    try (var commit = new GroupCommit(this::write, Duration.ofSeconds(10), ticker)) {
      commits.complete(commit);
      commit.submit(spec, null);
      assertThat(pauses).isEmpty();
      commit.submit(spec, null);
      third.join();
      assertThat(pauses).containsExactly(GroupCommit.GATHER);
      assertThat(calls).containsExactly(1, 2);
    }
  }

  private void refused(GroupCommit commit) {
    assertThatThrownBy(() -> commit.submit(spec, null)).isInstanceOf(StoreUnavailable.class);
  }

  @Test
  void anAnswerThatComesTooLateHarmsNobody() {
    try (var commit = new GroupCommit(this::write, PATIENCE, System::nanoTime)) {
      refused(commit);
      answers.countDown();
      var next = CompletableFuture.supplyAsync(() -> commit.submit(spec, null));
      assertThat(next.join()).isInstanceOf(Enqueued.class);
    }
  }
}
