package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.BROKEN;
import static io.threadmill.redis.QueueHarness.aJob;
import static io.threadmill.redis.QueueHarness.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.threadmill.job.BacklogFull;
import io.threadmill.job.Ending;
import io.threadmill.job.IdempotencyConflict;
import io.threadmill.job.JobError;
import io.threadmill.job.JobId;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobQueue.Recording;
import io.threadmill.job.JobQueue.Verdict;
import io.threadmill.job.JobRepository.CancelAnswer;
import io.threadmill.job.JobRepository.ChangeAnswer;
import io.threadmill.job.JobRepository.Filter;
import io.threadmill.job.JobRepository.Idempotency;
import io.threadmill.job.JobRepository.Page;
import io.threadmill.job.JobResult.CacheUse;
import io.threadmill.job.JobResult.ResultBody;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSnapshot.Attempt;
import io.threadmill.job.JobState;
import io.threadmill.job.LeaseLost;
import io.threadmill.job.TakenJob;
import io.threadmill.redis.RedisScripts.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.api.RBucket;
import org.redisson.client.codec.StringCodec;

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
    List<String> args = List.of("a", "compute", "1", "req-1", "n", "2", "0");
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
  void higherPrioritiesGoFirstAndTheLowestIsNotStarved() {
    JobId low = store.submit(aJob().withPriority(0));
    for (int i = 0; i < 20; i++) {
      store.submit(aJob().withPriority(9));
    }
    List<JobId> order = new ArrayList<>();
    for (int i = 0; i < 21; i++) {
      order.add(store.takeOne(a).id());
    }
    assertThat(order.getFirst()).isNotEqualTo(low);
    assertThat(order.indexOf(low)).isLessThan(9);
  }

  @Test
  void aKeyWithManyJobsDoesNotHoldUpAnother() {
    for (int i = 0; i < 200; i++) {
      store.submit(aJob().withKey("big"));
    }
    JobId small = store.submit(aJob().withKey("small"));
    List<JobId> first = store.take(a, 4).stream().map(TakenJob::id).toList();
    assertThat(first).contains(small);
  }

  @Test
  void aHostAtItsLimitHoldsItsJobsBackAndNoOthers() {
    for (int i = 0; i < 5; i++) {
      store.submit(aJob().withHost("slow:80"));
    }
    JobId other = store.submit(aJob().withHost("fast:80"));
    List<TakenJob> taken = store.take(a, 10);
    assertThat(taken).hasSize(3).anyMatch(job -> job.id().equals(other));
    Page waiting = store.repository.list(new Filter(JobState.QUEUED, null, null), 10, null);
    JobSnapshot held = store.job(waiting.jobs().getFirst().id());
    assertThat(held.waiting().cause()).isEqualTo("host");
    assertThat(held.waiting().detail()).isEqualTo("slow:80 is at its limit");

    TakenJob slow = taken.stream().filter(job -> "slow:80".equals(job.host())).findFirst().get();
    store.record(a, slow, done("1"));
    assertThat(store.take(b, 10))
        .singleElement()
        .satisfies(job -> assertThat(job.host()).isEqualTo("slow:80"));
  }

  @Test
  void aLimitSetOnAKeyHoldsAcrossInstances() {
    store.limiter.set(
        io.threadmill.job.Limiter.Kind.KEY,
        "k",
        new io.threadmill.job.Limiter.Numbers(1, Duration.ZERO),
        null);
    store.submit(aJob().withKey("k"));
    store.submit(aJob().withKey("k"));
    TakenJob one = store.takeOne(a);
    assertThat(store.take(b, 5)).isEmpty();
    store.record(a, one, new Ending.Failed(BROKEN));
    assertThat(store.take(b, 5)).hasSize(1);
  }

  @Test
  void anIntervalSpacesStartsAndAPauseHoldsBack() {
    store.limiter.set(
        io.threadmill.job.Limiter.Kind.HOST,
        "h:80",
        new io.threadmill.job.Limiter.Numbers(5, Duration.ofSeconds(1)),
        null);
    store.submit(aJob().withHost("h:80"));
    store.submit(aJob().withHost("h:80"));
    assertThat(store.take(a, 5)).hasSize(1);
    store.advance(Duration.ofMillis(999));
    a.promote();
    assertThat(store.take(a, 5)).isEmpty();
    store.limiter.holdBack(io.threadmill.job.Limiter.Kind.HOST, "h:80", Duration.ofSeconds(5));
    store.advance(Duration.ofSeconds(3));
    a.promote();
    assertThat(store.take(a, 5)).isEmpty();
    store.advance(Duration.ofSeconds(3));
    a.beat(List.of());
    a.promote();
    assertThat(store.take(a, 5)).hasSize(1);
  }

  @Test
  void reservationsOfDeadInstancesAreFreed() {
    store.submit(aJob().withHost("h:80"));
    store.submit(aJob().withHost("h:80"));
    store.submit(aJob().withHost("h:80"));
    assertThat(store.take(a, 5)).hasSize(2);
    store.advance(QueueHarness.LEASE.plusMillis(1));
    b.beat(List.of());
    assertThat(b.sweep()).isEqualTo(2);
    assertThat(store.take(b, 5)).hasSize(2);
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
  void aParentWaitsForItsChildrenAndRunsAgain() {
    a = store.instance("client"); // the instance that spawns is the one that runs the parent
    JobId parent = store.submit(aJob());
    TakenJob first = store.takeOne(a);
    List<JobId> children =
        store.repository.spawn(
            first,
            List.of(aJob().build().childOf(parent, null), aJob().build().childOf(parent, null)));
    store.record(a, first, new Ending.Awaiting());
    assertThat(store.job(parent).waiting().cause()).isEqualTo("children");
    for (TakenJob child : store.take(b, 5)) {
      assertThat(store.state(parent)).isEqualTo(JobState.QUEUED);
      store.record(b, child, done("\"" + child.id() + "\""));
    }
    TakenJob again = store.takeOne(b);
    assertThat(again.id()).isEqualTo(parent);
    assertThat(again.failedAttempts()).isZero();
    assertThat(store.repository.endedChildren(parent, 10))
        .extracting(JobSnapshot::id)
        .containsExactlyInAnyOrderElementsOf(children);
    assertThatThrownBy(
            () -> store.repository.spawn(first, List.of(aJob().build().childOf(parent, null))))
        .isInstanceOf(LeaseLost.class);
  }

  @Test
  void aParentWhoseChildrenHaveAllEndedDoesNotWait() {
    a = store.instance("client"); // the instance that spawns is the one that runs the parent
    JobId parent = store.submit(aJob());
    TakenJob first = store.takeOne(a);
    store.repository.spawn(first, List.of(aJob().build().childOf(parent, null)));
    store.record(b, store.takeOne(b), new Ending.Failed(BROKEN));
    store.record(a, first, new Ending.Awaiting());
    assertThat(store.takeOne(a).id()).isEqualTo(parent);
  }

  @Test
  void largeAndBinaryResultsStandApartAndLeaveWithTheJob() {
    JobId id = store.submit(aJob());
    byte[] image = new byte[100_000];
    image[5] = -1;
    TakenJob taken = store.takeOne(a);
    store.record(a, taken, new Ending.Succeeded(new ResultBody("image/png", image), CacheUse.MISS));
    JobSnapshot job = store.job(id);
    assertThat(job.result().mediaType()).isEqualTo("image/png");
    assertThat(job.result().bytes()).isEqualTo(100_000);
    assertThat(job.cache()).isEqualTo(CacheUse.MISS);
    assertThat(store.repository.resultBytes(job))
        .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(image));
    assertThat(store.repository.delete(id)).isEqualTo(ChangeAnswer.CHANGED);
    assertThat(store.redisson.getKeys().countExists("{tm}:o:" + id + ":" + taken.lease())).isZero();
    assertThat(store.repository.delete(id)).isEqualTo(ChangeAnswer.NOT_FOUND);
  }

  @Test
  void whatIsRefusedLeavesNoBytesBehind() {
    store.submit(aJob());
    TakenJob stale = store.takeOne(a);
    store.advance(QueueHarness.LEASE.plusMillis(1));
    b.beat(List.of());
    b.sweep();
    Verdict verdict =
        store.record(
            a,
            stale,
            new Ending.Succeeded(new ResultBody("image/png", new byte[9]), CacheUse.BYPASS));
    assertThat(verdict).isEqualTo(Verdict.REFUSED);
    assertThat(store.redisson.getKeys().countExists("{tm}:o:" + stale.id() + ":" + stale.lease()))
        .isZero();
  }

  @Test
  void checkpointsAreFencedAndKeptForTheNextAttempt() {
    store.submit(aJob());
    TakenJob first = store.takeOne(a);
    a.checkpoint(first, new byte[] {1, 2});
    store.record(a, first, new Ending.Retried(BROKEN, Duration.ZERO));
    assertThatThrownBy(() -> a.checkpoint(first, new byte[] {3})).isInstanceOf(LeaseLost.class);
    assertThat(a.lastCheckpoint(store.takeOne(a)))
        .hasValueSatisfying(bytes -> assertThat(bytes).containsExactly(1, 2));
  }

  @Test
  void aWalkOfPagesMeetsEveryJobOnceNewestFirst() {
    var ids = new ArrayList<JobId>();
    for (int i = 0; i < 25; i++) {
      ids.add(store.submit(aJob().ofType(i % 5 == 0 ? "odd" : "rehearse").tagged("t" + i % 2)));
      store.advance(Duration.ofMillis(1));
    }
    assertThat(walk(ALL, 7)).containsExactlyElementsOf(ids.reversed());
    assertThat(walk(new Filter(null, "odd", null), 2)).hasSize(5);
    assertThat(walk(new Filter(null, null, "t1"), 5)).hasSize(12);
    assertThat(walk(new Filter(JobState.RUNNING, null, null), 5)).isEmpty();
  }

  private List<JobId> walk(Filter filter, int limit) {
    var met = new ArrayList<JobId>();
    String cursor = null;
    do {
      Page page = store.repository.list(filter, limit, cursor);
      assertThat(page.jobs()).hasSizeLessThanOrEqualTo(limit);
      page.jobs().forEach(job -> met.add(job.id()));
      cursor = page.next();
    } while (cursor != null);
    return met;
  }

  @Test
  void whatHasExpiredIsDeletedAndNothingElseStays() {
    for (int i = 0; i < 3; i++) {
      store.submit(aJob().tagged("x").withKey("k").withHost("h" + i + ":80"));
    }
    for (TakenJob job : store.take(a, 5)) {
      a.record(List.of(new Recording(job, done("1"), null)));
    }
    assertThat(a.expire()).isZero();
    store.advance(Duration.ofHours(2));
    assertThat(a.expire()).isEqualTo(3);
    assertThat(store.repository.list(ALL, 10, null).jobs()).isEmpty();
    assertThat(store.redisson.getKeys().getKeys())
        .allMatch(key ->
            List.of("clk", "cnt", "ev", "inst", "wake:compute", "took:a:compute")
                .contains(key.substring(5)));
    assertThat(store.repository.counts().get("rehearse").get(JobState.SUCCEEDED)).isZero();
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

  @Test
  void theErrorOfAFailedJobIsKeptWithItsFacts() {
    JobId id = store.submit(aJob());
    JobError error =
        JobError.terminal("http-status", "Bad status", "It said 404.\n\"quoted\"\ttab")
            .with("upstreamStatus", 404);
    store.record(a, store.takeOne(a), new Ending.Failed(error));
    assertThat(store.job(id).error()).isEqualTo(error);
    assertThat(store.job(id).attempts().getFirst().error()).isEqualTo(error);
  }

  private RBucket<String> recordOf(JobId id) {
    return store.redisson.getBucket("{tm}:j:" + id, StringCodec.INSTANCE);
  }

  @Test
  void anEndedRecordGoesByTheExpireScriptAloneSoThatNothingStaysCounted() {
    JobId id = store.submit(aJob().tagged("t"));
    store.record(a, store.takeOne(a), done("1"));
    assertThat(recordOf(id).remainTimeToLive()).isEqualTo(-1);
    store.advance(Duration.ofDays(30));
    assertThat(a.expire()).isEqualTo(1);
    assertThat(store.redisson.getMap("{tm}:cnt", StringCodec.INSTANCE).get("bytes")).isEqualTo("0");
    assertThat(store.redisson.getKeys().countExists("{tm}:x:g:t", "{tm}:j:" + id)).isZero();
  }

  @Test
  void aJobOfVeryManyAttemptsAndRunsStaysReadable() {
    JobId id = store.submit(aJob());
    String fresh = recordOf(id).get();
    recordOf(id)
        .set(
            fresh.substring(0, 3)
                + "9999"
                + fresh.substring(7, 13)
                + "999999"
                + fresh.substring(19));
    store.record(a, store.takeOne(a), new Ending.Released(Duration.ZERO));
    store.record(a, store.takeOne(a), new Ending.Failed(BROKEN));
    JobSnapshot job = store.job(id);
    assertThat(job.type()).isEqualTo("rehearse");
    assertThat(job.error()).isEqualTo(BROKEN);
    assertThat(job.attempt()).isEqualTo(999_999);
    assertThat(store.repository.retry(id)).isEqualTo(ChangeAnswer.CONFLICT);
    assertThat(store.job(id)).isEqualTo(job);
  }

  @Test
  void aChildThatRunsAgainIsWaitedForAgain() {
    a = store.instance("client");
    JobId parent = store.submit(aJob());
    TakenJob first = store.takeOne(a);
    store.repository.spawn(
        first, List.of(aJob().build().childOf(parent, null), aJob().build().childOf(parent, null)));
    store.record(a, first, new Ending.Awaiting());
    List<TakenJob> children = store.take(b, 5);
    store.record(b, children.getFirst(), new Ending.Failed(BROKEN));
    store.repository.retry(children.getFirst().id());
    store.record(b, store.takeOne(b), done("1"));
    assertThat(store.take(b, 5)).isEmpty();
    store.record(b, children.getLast(), done("2"));
    assertThat(store.takeOne(b).id()).isEqualTo(parent);
    assertThat(store.repository.endedChildren(parent, 10))
        .extracting(JobSnapshot::state)
        .containsExactly(JobState.SUCCEEDED, JobState.SUCCEEDED);
  }

  @Test
  void aPageOfLargeJobsCostsWhatItsRowsNeed() {
    var ids = new ArrayList<JobId>();
    String params = "{\"text\":\"" + "x".repeat(200_000) + "\"}";
    for (int i = 0; i < 40; i++) {
      ids.add(store.repository.enqueue(store.withParams(aJob().tagged("t"), params), null).id());
    }
    store.record(a, store.takeOne(a), done("\"" + "y".repeat(50_000) + "\""));
    store.record(a, store.takeOne(a), new Ending.Failed(BROKEN));
    store.redisson.getScript().scriptFlush(); // begins with an empty memory
    long before = store.scriptMemory();
    List<JobSnapshot> jobs = store.repository.list(ALL, 1000, null).jobs();
    assertThat(store.scriptMemory() - before).isLessThan(500_000);
    assertThat(jobs).extracting(JobSnapshot::id).containsExactlyElementsOf(ids.reversed());
    assertThat(jobs.getLast().state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(jobs.getLast().cache()).isEqualTo(CacheUse.BYPASS);
    assertThat(jobs.getLast().tags()).containsExactly("t");
    assertThat(jobs.get(38).error()).isEqualTo(BROKEN);
    assertThat(jobs.get(38).attempts()).extracting(Attempt::error).containsExactly(BROKEN);
  }
}
