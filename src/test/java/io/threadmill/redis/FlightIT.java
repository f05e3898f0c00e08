package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.BROKEN;
import static io.threadmill.redis.QueueHarness.aJob;
import static io.threadmill.redis.QueueHarness.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.threadmill.job.CacheOptions;
import io.threadmill.job.Ending;
import io.threadmill.job.JobId;
import io.threadmill.job.JobOptions;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobRepository.CancelAnswer;
import io.threadmill.job.JobSpec;
import io.threadmill.job.JobState;
import io.threadmill.job.LeaseLost;
import io.threadmill.job.TakenJob;
import io.threadmill.redis.RedisScripts.Script;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Equal work under way: one job leads it, the others wait for its end and hold no thread. */
@Timeout(60)
class FlightIT {

  private static final String WORK = "results:1";

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

  /** A job that follows another, and the one it follows. */
  private record Pair(TakenJob leader, JobId follower) {}

  private Pair pair() {
    store.submit(aJob());
    JobId follower = store.submit(aJob());
    TakenJob leader = store.takeOne(a);
    assertThat(a.lead(leader, WORK)).isTrue();
    TakenJob taken = store.takeOne(b);
    assertThat(b.lead(taken, WORK)).isFalse();
    store.record(b, taken, new Ending.Joining(WORK));
    return new Pair(leader, follower);
  }

  @Test
  void aFollowerWaitsUncountedAndSaysForWhat() {
    Pair pair = pair();
    assertThat(store.state(pair.follower())).isEqualTo(JobState.SCHEDULED);
    assertThat(store.job(pair.follower()).waiting().detail())
        .isEqualTo("an equal job is under way");
    assertThat(store.job(pair.follower()).attempts())
        .singleElement()
        .satisfies(attempt -> {
          assertThat(attempt.outcome()).isEqualTo("released");
          assertThat(attempt.error()).isNull();
        });
    assertThat(store.take(b, 5)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"done", "failed", "retried", "released", "cancelled"})
  void howeverTheLeadersAttemptEndsItsFollowersAreQueuedAtOnce(String end) {
    Pair pair = pair();
    Ending ending =
        switch (end) {
          case "done" -> done("1");
          case "failed" -> new Ending.Failed(BROKEN);
          case "retried" -> new Ending.Retried(BROKEN, Duration.ofHours(1));
          case "released" -> new Ending.Released(Duration.ofHours(1));
          default -> new Ending.Cancelled();
        };
    store.record(a, pair.leader(), ending);
    TakenJob again = store.takeOne(b);
    assertThat(again.id()).isEqualTo(pair.follower());
    assertThat(again.joined()).isEqualTo(1);
    assertThat(again.failedAttempts()).isZero();
    assertThat(b.lead(again, WORK)).isTrue();
  }

  @Test
  void aLeaderWhoseInstanceDiesLetsItsFollowersGo() {
    Pair pair = pair();
    store.advance(QueueHarness.LEASE.plusMillis(1));
    b.beat(List.of());
    b.sweep();
    assertThat(store.take(b, 5))
        .extracting(TakenJob::id)
        .containsExactlyInAnyOrder(pair.leader().id(), pair.follower());
  }

  @Test
  void anInstanceThatStopsLetsItsFollowersGo() {
    Pair pair = pair();
    a.deregister();
    assertThat(store.take(b, 5))
        .extracting(TakenJob::id)
        .containsExactlyInAnyOrder(pair.leader().id(), pair.follower());
  }

  @Test
  void whoJoinsAFlightThatHasLandedDoesNotWait() {
    store.submit(aJob());
    JobId late = store.submit(aJob());
    TakenJob leader = store.takeOne(a);
    a.lead(leader, WORK);
    TakenJob taken = store.takeOne(b);
    assertThat(b.lead(taken, WORK)).isFalse();
    store.record(a, leader, done("1"));
    store.record(b, taken, new Ending.Joining(WORK));
    assertThat(store.takeOne(b).id()).isEqualTo(late);
  }

  @Test
  void aFollowerIsCancelledLikeAnyOther() {
    Pair pair = pair();
    assertThat(store.repository.cancel(pair.follower())).isEqualTo(CancelAnswer.CANCELLED);
    store.record(a, pair.leader(), done("1"));
    assertThat(store.take(b, 5)).isEmpty();
    assertThat(store.state(pair.follower())).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void aFollowerThatWasPassedOverLooksAgainByItself() {
    Pair pair = pair();
    store.redisson.getKeys().delete("{tm}:fw:" + WORK);
    store.record(a, pair.leader(), done("1"));
    assertThat(store.take(b, 5)).isEmpty();
    store.advance(Duration.ofSeconds(31));
    b.beat(List.of());
    b.promote();
    assertThat(store.takeOne(b).id()).isEqualTo(pair.follower());
  }

  @Test
  void aFollowerThatWaitsForItsNextAttemptByNowIsLeftToItsPause() {
    Pair pair = pair();
    store.advance(Duration.ofSeconds(31));
    a.beat(List.of(pair.leader()));
    b.beat(List.of());
    b.promote();
    store.record(b, store.takeOne(b), new Ending.Retried(BROKEN, Duration.ofHours(1)));
    store.record(a, pair.leader(), done("1"));
    assertThat(store.state(pair.follower())).isEqualTo(JobState.SCHEDULED);
    assertThat(store.take(b, 5)).isEmpty();
  }

  @Test
  void leadingIsAnsweredAlikeWhenAskedAgainAndRefusedUnderAnOldLease() {
    Pair pair = pair();
    assertThat(a.lead(pair.leader(), WORK)).isTrue();
    store.record(a, pair.leader(), done("1"));
    assertThatThrownBy(() -> a.lead(pair.leader(), WORK)).isInstanceOf(LeaseLost.class);
  }

  @Test
  void aSecondWorkGivesTheFirstUp() {
    Pair pair = pair();
    assertThat(a.lead(pair.leader(), "results:2")).isTrue();
    assertThat(store.takeOne(b).id()).isEqualTo(pair.follower());
  }

  @Test
  void oneCallQueuesABoundedNumberAndTheNextRoundsTheOthers() {
    store.submit(aJob());
    TakenJob leader = store.takeOne(a);
    a.lead(leader, WORK);
    for (int i = 0; i < 300; i++) {
      store.submit(aJob());
    }
    int joined = 0;
    while (joined < 300) {
      for (TakenJob job : store.take(b, 100)) {
        store.record(b, job, new Ending.Joining(WORK));
        joined++;
      }
    }
    store.record(a, leader, done("1"));
    assertThat(store.repository.counts().get("rehearse"))
        .containsEntry(JobState.QUEUED, 200L)
        .containsEntry(JobState.SCHEDULED, 100L);
    assertThat(b.promote()).as("nothing is left to wait for").isEmpty();
    assertThat(store.repository.counts().get("rehearse")).containsEntry(JobState.QUEUED, 300L);
    assertThat(store.take(b, 100)).allMatch(job -> job.joined() == 1);
    assertThat(store.redisson.getKeys().countExists("{tm}:landing", "{tm}:fl:" + leader.id()))
        .isZero();
  }

  @Test
  void whoFollowsTheNextLeaderIsNotQueuedWithTheRestOfTheLastOnes() {
    store.submit(aJob());
    TakenJob leader = store.takeOne(a);
    a.lead(leader, WORK);
    for (int i = 0; i < 201; i++) {
      store.submit(aJob());
    }
    for (int joined = 0; joined < 201; ) {
      for (TakenJob job : store.take(b, 100)) {
        store.record(b, job, new Ending.Joining(WORK));
        joined++;
      }
    }
    store.record(a, leader, new Ending.Failed(BROKEN));
    TakenJob next = store.takeOne(a);
    assertThat(a.lead(next, WORK)).isTrue();
    TakenJob follower = store.takeOne(b);
    store.record(b, follower, new Ending.Joining(WORK));
    b.promote();
    assertThat(store.state(follower.id())).isEqualTo(JobState.SCHEDULED);
  }

  @Test
  void aJobWantsItsAnswerSinceItsTimeCameHoweverOftenItIsHandedBack() {
    JobId id = store.submit(aJob().delayed(Duration.ofHours(1)));
    store.advance(Duration.ofHours(1));
    a.beat(List.of());
    a.promote();
    TakenJob first = store.takeOne(a);
    assertThat(first.wantedSince()).isEqualTo(first.startedAt()).isEqualTo(first.dueAt());
    store.advance(Duration.ofSeconds(1));
    store.record(a, first, new Ending.Released(Duration.ofSeconds(5)));
    store.advance(Duration.ofSeconds(5));
    a.promote();
    TakenJob second = store.takeOne(a);
    assertThat(second.wantedSince()).isEqualTo(first.wantedSince());
    store.record(a, second, new Ending.Retried(BROKEN, Duration.ofSeconds(3)));
    store.advance(Duration.ofSeconds(4));
    a.promote();
    TakenJob third = store.takeOne(a);
    assertThat(third.wantedSince()).isEqualTo(third.startedAt().minusSeconds(1));
    store.record(a, third, new Ending.Failed(BROKEN));
    store.advance(Duration.ofSeconds(4));
    a.beat(List.of());
    store.repository.retry(id);
    assertThat(store.takeOne(a).wantedSince()).isEqualTo(third.startedAt().plusSeconds(4));
  }

  @Test
  void cacheOptionsAndCallerTravelWithTheJobAndItsChildren() {
    var options = new CacheOptions(Duration.ofMinutes(5), false);
    JobSpec plain = aJob().build();
    JobId id = store.repository.enqueue(with(plain, options, "alice"), null).id();
    a = store.instance("client");
    TakenJob taken = store.takeOne(a);
    assertThat(taken.id()).isEqualTo(id);
    assertThat(taken.cache()).isEqualTo(options);
    assertThat(taken.caller()).isEqualTo("alice");
    store.repository.spawn(taken, List.of(plain.childOf(id, taken.caller())));
    TakenJob child = store.takeOne(a);
    assertThat(child.caller()).isEqualTo("alice");
    assertThat(child.cache()).isEqualTo(CacheOptions.DEFAULT);
  }

  private static JobSpec with(JobSpec plain, CacheOptions cache, String caller) {
    return new JobSpec(
        plain.type(),
        plain.params(),
        plain.pool(),
        plain.host(),
        plain.key(),
        plain.priority(),
        plain.delay(),
        plain.runAt(),
        plain.timeout(),
        plain.retry(),
        plain.tags(),
        new JobOptions(cache, caller, null, null),
        plain.parent());
  }

  @Test
  void theTakeOfALeaderSentTwiceIsAnsweredAlike() {
    store.submit(aJob());
    List<String> args = List.of("a", "compute", "1", "req-1", "n", "2", "0", "8");
    List<Object> first = store.scripts.repeated(Script.TAKE, args);
    var lead = List.of("a", (String) first.get(2), (String) first.get(3), WORK);
    assertThat(store.scripts.repeatedText(Script.LEAD, lead)).isEqualTo("L");
    assertThat(store.scripts.repeated(Script.TAKE, args)).isEqualTo(first);
  }
}
