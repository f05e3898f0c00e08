package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.BROKEN;
import static io.threadmill.redis.QueueHarness.aJob;
import static io.threadmill.redis.QueueHarness.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.threadmill.job.BacklogFull;
import io.threadmill.job.Ending;
import io.threadmill.job.IdempotencyConflict;
import io.threadmill.job.JobId;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobQueue.Verdict;
import io.threadmill.job.JobRepository.CancelAnswer;
import io.threadmill.job.JobRepository.ChangeAnswer;
import io.threadmill.job.JobRepository.Filter;
import io.threadmill.job.JobRepository.Idempotency;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSnapshot.Attempt;
import io.threadmill.job.JobState;
import io.threadmill.job.Limiter;
import io.threadmill.job.Rate;
import io.threadmill.job.TakenJob;
import io.threadmill.redis.QueueHarness.Spec;
import io.threadmill.redis.RedisScripts.Script;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisQueueIT {

  private static final Filter ALL = new Filter(null, null, null);

  private QueueHarness store;
  private JobQueue a;
  private JobQueue b;

  @BeforeEach
  void open() {
    store = new QueueHarness();
    a = store.instance("a");
    b = store.instance("b");
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aJobIsWrittenTakenAndRecordedOnce() {
    JobId id = store.submit(aJob().tagged("x", "y").withKey("shop"));
    assertThat(store.job(id).waiting()).isEqualTo(new JobSnapshot.Waiting("slot", null, null));

    TakenJob taken = store.takeOne(a);
    assertThat(taken.id()).isEqualTo(id);
    assertThat(taken.params()).isEqualTo("{\"text\":\"ümläut\"}");
    assertThat(store.job(id).state()).isEqualTo(JobState.RUNNING);
    assertThat(store.job(id).attempts())
        .singleElement()
        .satisfies(attempt -> {
          assertThat(attempt.instance()).isEqualTo("a");
          assertThat(attempt.outcome()).isNull();
        });

    store.advance(Duration.ofSeconds(2));
    assertThat(store.record(a, taken, done("{\"n\":\"€\"}"))).isEqualTo(Verdict.RECORDED);
    JobSnapshot job = store.job(id);
    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(job.result().json()).isEqualTo("{\"n\":\"€\"}");
    assertThat(job.tags()).containsExactly("x", "y");
    assertThat(job.key()).isEqualTo("shop");
    assertThat(Duration.between(job.startedAt(), job.finishedAt()))
        .isEqualTo(Duration.ofSeconds(2));
    assertThat(job.attempts()).extracting(Attempt::outcome).containsExactly("succeeded");
    assertThat(store.take(b, 10)).isEmpty();
  }

  @Test
  void anOutcomeSentTwiceIsAcceptedOnce() {
    store.submit(aJob());
    TakenJob taken = store.takeOne(a);
    assertThat(store.record(a, taken, done("1"))).isEqualTo(Verdict.RECORDED);
    assertThat(store.record(a, taken, done("1"))).isEqualTo(Verdict.ALREADY_RECORDED);
    assertThat(store.repository.counts().get("rehearse").get(JobState.SUCCEEDED)).isEqualTo(1);
  }

  @Test
  void anOutcomeUnderAnOldLeaseIsRefused() {
    JobId id = store.submit(aJob());
    TakenJob stale = store.takeOne(a);
    store.advance(QueueHarness.LEASE.plusMillis(1));
    b.beat(List.of());
    assertThat(b.sweep()).isEqualTo(1);
    TakenJob fresh = store.takeOne(b);
    assertThat(store.record(a, stale, done("\"late\""))).isEqualTo(Verdict.REFUSED);
    assertThat(store.record(b, fresh, done("\"good\""))).isEqualTo(Verdict.RECORDED);
    assertThat(store.record(a, stale, done("\"late\""))).isEqualTo(Verdict.REFUSED);
    assertThat(store.job(id).result().json()).isEqualTo("\"good\"");
    assertThat(store.job(id).attempts())
        .extracting(Attempt::outcome)
        .containsExactly("lost", "succeeded");
  }

  @Test
  void aTakeSentTwiceAnswersTheSameJobs() {
    store.submit(aJob());
    store.submit(aJob());
    List<String> args = List.of("a", "compute", "1", "req-1", "n", "2", "0", "8");
    List<Object> first = store.scripts.repeated(Script.TAKE, args);
    List<Object> second = store.scripts.repeated(Script.TAKE, args);
    assertThat(second).isEqualTo(first);
    assertThat(store.take(b, 10)).hasSize(1);
  }

  @Test
  void jobsOfATakeWhoseAnswerNeverArrivedAreFoundByTheNextBeat() {
    JobId id = store.submit(aJob());
    store.takeOne(a);
    a.beat(List.of());
    assertThat(store.state(id)).isEqualTo(JobState.RUNNING);
    store.advance(Duration.ofSeconds(9));
    a.beat(List.of());
    assertThat(store.state(id)).isEqualTo(JobState.QUEUED);
    assertThat(store.takeOne(b).id()).isEqualTo(id);
    assertThat(store.job(id).attempts())
        .extracting(Attempt::outcome)
        .as("nobody had it, so nobody lost it")
        .containsExactly("released", null);
  }

  @Test
  void aBeatTellsWhichLeasesAreLost() {
    store.submit(aJob());
    TakenJob taken = store.takeOne(a);
    assertThat(a.beat(List.of(taken))).isEmpty();
    store.advance(QueueHarness.LEASE.plusMillis(1));
    b.beat(List.of());
    b.sweep();
    assertThat(a.beat(List.of(taken))).containsExactly(taken);
  }

  @Test
  void anInstanceWhoseLeaseRanOutTakesNothingUntilItBeats() {
    store.submit(aJob());
    store.advance(QueueHarness.LEASE.plusMillis(1));
    assertThat(a.take("compute", 1)).isEqualTo(Optional.empty());
    a.beat(List.of());
    assertThat(store.take(a, 1)).hasSize(1);
  }

  @Test
  void anInstanceThatWakesLateDoesNotDeclareItselfDead() {
    JobId id = store.submit(aJob());
    TakenJob taken = store.takeOne(a);
    store.advance(QueueHarness.LEASE.plusMillis(1)); // Redis or the instance stood still
    assertThat(a.sweep()).isZero();
    assertThat(a.beat(List.of(taken))).isEmpty();
    a.sweep();
    assertThat(store.record(a, taken, done("1"))).isEqualTo(Verdict.RECORDED);
    assertThat(store.job(id).attempts()).extracting(Attempt::outcome).containsExactly("succeeded");
  }

  @Test
  void threeLostRunsEndTheJob() {
    JobId id = store.submit(aJob());
    for (int i = 0; i < 3; i++) {
      JobQueue doomed = store.instance("doomed-" + i);
      assertThat(store.take(doomed, 1)).hasSize(1);
      store.advance(QueueHarness.LEASE.plusMillis(1));
      a.beat(List.of());
      a.sweep();
    }
    JobSnapshot job = store.job(id);
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.error().slug()).isEqualTo("worker-lost");
    assertThat(job.attempts()).extracting(Attempt::outcome).containsOnly("lost").hasSize(3);
  }

  @Test
  void aFailedAttemptWaitsForItsPauseAndCountsAReleasedOneDoesNot() {
    JobId id = store.submit(aJob());
    store.record(a, store.takeOne(a), new Ending.Retried(BROKEN, Duration.ofSeconds(3)));
    assertThat(store.state(id)).isEqualTo(JobState.SCHEDULED);
    assertThat(store.job(id).waiting().cause()).isEqualTo("time");
    assertThat(a.promote()).contains(Duration.ofSeconds(3));
    store.advance(Duration.ofSeconds(3));
    a.promote();
    TakenJob second = store.takeOne(a);
    assertThat(second.failedAttempts()).isEqualTo(1);
    assertThat(second.attempt()).isEqualTo(2);
    store.record(a, second, new Ending.Released(Duration.ZERO));
    TakenJob third = store.takeOne(b);
    assertThat(third.failedAttempts()).isEqualTo(1);
    assertThat(third.attempt()).isEqualTo(3);
    assertThat(store.job(id).attempts())
        .extracting(Attempt::outcome)
        .containsExactly("failed", "released", null);
  }

  @Test
  void aDelayedJobIsNotTakenBeforeItsTime() {
    JobId id = store.submit(aJob().delayed(Duration.ofSeconds(10)));
    assertThat(store.state(id)).isEqualTo(JobState.SCHEDULED);
    store.advance(Duration.ofMillis(9999));
    a.beat(List.of());
    a.promote();
    assertThat(store.take(a, 1)).isEmpty();
    store.advance(Duration.ofMillis(1));
    a.promote();
    assertThat(store.takeOne(a).id()).isEqualTo(id);
  }

  @Test
  void aJobForAnInstantRunsThenByRedissClockAndOneForThePastAtOnce() {
    Instant now = Instant.ofEpochMilli(store.now);
    JobId later = store.submit(aJob().at(now.plusSeconds(7)));
    JobId late = store.submit(aJob().at(now.minusSeconds(7)));
    assertThat(store.take(a, 5)).extracting(TakenJob::id).containsExactly(late);
    assertThat(store.job(later).waiting().until()).isEqualTo(now.plusSeconds(7));
    store.advance(Duration.ofMillis(6999));
    a.promote();
    assertThat(store.take(a, 5)).isEmpty();
    store.advance(Duration.ofMillis(1));
    a.promote();
    assertThat(store.take(a, 5)).extracting(TakenJob::id).containsExactly(later);
  }

  @Test
  void cancellingEndsWaitingJobsAtOnceAndTellsTheInstanceOfARunningOne() {
    JobId queued = store.submit(aJob());
    JobId scheduled = store.submit(aJob().delayed(Duration.ofHours(1)));
    assertThat(store.repository.cancel(queued)).isEqualTo(CancelAnswer.CANCELLED);
    assertThat(store.repository.cancel(scheduled)).isEqualTo(CancelAnswer.CANCELLED);
    assertThat(store.repository.cancel(queued)).isEqualTo(CancelAnswer.CANCELLED);
    assertThat(store.take(a, 5)).isEmpty();

    JobId running = store.submit(aJob());
    TakenJob taken = store.takeOne(a);
    assertThat(store.repository.cancel(running)).isEqualTo(CancelAnswer.REQUESTED);
    assertThat(store.job(running).cancelRequestedAt()).isNotNull();
    assertThat(a.cancellations()).containsExactly(running);
    assertThat(store.record(a, taken, new Ending.Cancelled())).isEqualTo(Verdict.RECORDED);
    assertThat(store.state(running)).isEqualTo(JobState.CANCELLED);
    assertThat(a.cancellations()).isEmpty();
    assertThat(store.repository.cancel(new JobId("0".repeat(26))))
        .isEqualTo(CancelAnswer.NOT_FOUND);
  }

  @Test
  void aCancelledJobOfADeadInstanceEndsCancelled() {
    JobId id = store.submit(aJob());
    store.takeOne(a);
    store.repository.cancel(id);
    store.advance(QueueHarness.LEASE.plusMillis(1));
    b.beat(List.of());
    b.sweep();
    assertThat(store.state(id)).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void anEndedJobIsQueuedAgainUnderANewRun() {
    JobId id = store.submit(aJob());
    store.record(a, store.takeOne(a), new Ending.Failed(BROKEN));
    assertThat(store.job(id).error()).isEqualTo(BROKEN);
    assertThat(store.repository.retry(id)).isEqualTo(ChangeAnswer.CHANGED);
    assertThat(store.repository.retry(id)).isEqualTo(ChangeAnswer.CONFLICT);
    JobSnapshot job = store.job(id);
    assertThat(job.run()).isEqualTo(2);
    assertThat(job.error()).isNull();
    assertThat(job.finishedAt()).isNull();
    TakenJob taken = store.takeOne(a);
    assertThat(taken.run()).isEqualTo(2);
    assertThat(taken.failedAttempts()).isZero();
    store.record(a, taken, done("2"));
    assertThat(store.repository.retry(id)).isEqualTo(ChangeAnswer.CONFLICT);
  }

  @Test
  void oneIdempotencyKeyMakesOneJob() {
    var idempotency = new Idempotency("alice", "k", "f1");
    var first = store.repository.enqueue(aJob().build(), idempotency);
    var second = store.repository.enqueue(aJob().build(), idempotency);
    assertThat(second.id()).isEqualTo(first.id());
    assertThat(second.replayed()).isTrue();
    assertThatThrownBy(
            () -> store.repository.enqueue(aJob().build(), new Idempotency("alice", "k", "f2")))
        .isInstanceOf(IdempotencyConflict.class);
    assertThat(
            store.repository.enqueue(aJob().build(), new Idempotency("bob", "k", "f2")).replayed())
        .isFalse();
    assertThat(store.take(a, 10)).hasSize(2);
  }

  @Test
  void oneIdempotencyKeyMakesOneJobAlsoWithinAGroup() {
    var key = new Idempotency("alice", "k", "f1");
    var submission = new GroupCommit.Submission(aJob().build(), key, new CompletableFuture<>());
    var other =
        new GroupCommit.Submission(
            aJob().build(), new Idempotency("alice", "k", "f2"), new CompletableFuture<>());
    var answers = store.repository.write(List.of(submission, submission, other));
    assertThat(answers).extracting(GroupCommit.Answer::code).containsExactly("N", "R", "X");
    assertThat(answers.get(1).enqueued().id()).isEqualTo(answers.get(0).enqueued().id());
    assertThat(store.take(a, 10)).hasSize(1);
  }

  @Test
  void aJobIsAnsweredAsItWasWritten() {
    store.limiter.set(Limiter.Kind.KEY, "slow", new Limiter.Numbers(1, (Rate) null), null);
    store.repository.enqueue(aJob().withKey("slow").build(), null);
    store.repository.enqueue(aJob().withKey("slow").build(), null);
    store.take(a, 2); // one runs, and holds the other back
    for (Spec spec :
        List.of(
            aJob().tagged("a", "b").withPriority(7),
            aJob().delayed(Duration.ofHours(1)),
            aJob().withKey("slow"))) {
      var enqueued = store.repository.enqueue(spec.build(), null);
      assertThat(enqueued.written()).isEqualTo(store.job(enqueued.id()));
    }
  }

  @Test
  void anIdempotencyKeyIsFreeAgainOnceItsJobIsGone() {
    var key = new Idempotency("alice", "k", "f1");
    var other = new Idempotency("alice", "k", "f2");
    JobId first = store.repository.enqueue(aJob().build(), key).id();
    store.record(a, store.takeOne(a), done("1"));
    assertThat(store.repository.enqueue(aJob().build(), key).replayed()).isTrue();
    store.repository.delete(first);
    var second = store.repository.enqueue(aJob().build(), other);
    assertThat(second.replayed()).isFalse();
    assertThat(second.id()).isNotEqualTo(first);
    assertThat(store.repository.enqueue(aJob().build(), other).id()).isEqualTo(second.id());
    store.record(a, store.takeOne(a), done("1"));
    store.advance(Duration.ofHours(2));
    a.beat(List.of());
    assertThat(a.expire()).isEqualTo(1);
    assertThat(store.repository.enqueue(aJob().build(), key).replayed()).isFalse();
  }

  @Test
  void aFullBacklogRefusesAndWritesNothing() {
    store.close();
    store = new QueueHarness(2);
    a = store.instance("a");
    store.submit(aJob());
    store.submit(aJob());
    assertThatThrownBy(() -> store.submit(aJob())).isInstanceOf(BacklogFull.class);
    assertThat(store.repository.list(ALL, 10, null).jobs()).hasSize(2);
    store.record(a, store.takeOne(a), done("1"));
    store.submit(aJob());
  }

  @Test
  void deregisteringHandsEverythingBackUncounted() {
    JobId id = store.submit(aJob());
    store.takeOne(a);
    a.deregister();
    TakenJob again = store.takeOne(b);
    assertThat(again.id()).isEqualTo(id);
    assertThat(again.failedAttempts()).isZero();
    assertThat(store.job(id).attempts())
        .extracting(Attempt::outcome)
        .containsExactly("released", null);
  }
}
