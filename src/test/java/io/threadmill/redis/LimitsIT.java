package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.aJob;
import static io.threadmill.redis.QueueHarness.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.threadmill.job.JobId;
import io.threadmill.job.JobQueue;
import io.threadmill.job.Limiter;
import io.threadmill.job.Limiter.Kind;
import io.threadmill.job.Limiter.Numbers;
import io.threadmill.job.Rate;
import io.threadmill.job.TakenJob;
import io.threadmill.job.TooManyLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.redisson.client.codec.StringCodec;

/** The limits of keys: what they allow, and what a change of them does, on a real Redis. */
class LimitsIT {

  private QueueHarness store;
  private JobQueue a;

  @BeforeEach
  void open() {
    store = new QueueHarness(200_000);
    a = store.instance("a");
  }

  @AfterEach
  void close() {
    store.close();
  }

  private boolean limit(@Nullable Integer concurrency, @Nullable String rate) {
    return store.limiter.set(
        Kind.KEY,
        "k",
        new Numbers(concurrency, rate == null ? null : Rate.parse(rate).orElseThrow()),
        null);
  }

  /** Jobs of the key, each of a host of its own, so that each has a lane of its own. */
  private void submitOfKey(int jobs) {
    for (int i = 0; i < jobs; i++) {
      store.submit(aJob().withKey("k").withHost("h" + i + ":80"));
    }
  }

  private void pass(Duration time) {
    store.advance(time);
    a.beat(List.of());
    a.promote();
  }

  @ParameterizedTest
  @CsvSource({"5000/s, 3, 1500", "130/s, 20, 4000", "10/s, 50, 5000", "90/m, 900, 150000"})
  void aRateHoldsInEveryWindowAndIsUsedUp(String text, int longestStep, int until) {
    Rate rate = Rate.parse(text).orElseThrow();
    limit(null, text);
    var random = new SplittableRandom(11);
    long begin = store.now;
    var starts = new ArrayList<Long>();
    while (store.now - begin < until) {
      while (store.limiter.acquire(Kind.KEY, "k", Duration.ofMillis(5))
          instanceof Limiter.Granted) {
        starts.add(store.now);
      }
      store.advance(Duration.ofMillis(random.nextInt(longestStep + 1)));
    }
    long window = rate.period().toMillis();
    for (int i = rate.starts(); i < starts.size(); i++) {
      assertThat(starts.get(i) - starts.get(i - rate.starts())).isGreaterThanOrEqualTo(window);
    }
    double whole = (double) rate.starts() * until / window;
    assertThat((double) starts.size()).isGreaterThan(whole * 0.7);
  }

  @Test
  void jobsOfManyLanesStartAtTheRateOfTheirKey() {
    limit(null, "10/s");
    submitOfKey(25);
    long begin = store.now;
    var starts = new ArrayList<Long>();
    while (starts.size() < 25 && store.now - begin < 5000) {
      store.take(a, 8).forEach(job -> starts.add(job.startedAt().toEpochMilli() - begin));
      pass(a.promote().orElse(Duration.ofMillis(10)));
    }
    assertThat(starts).hasSize(25);
    for (int i = 0; i < 25; i++) {
      assertThat(starts.get(i)).isEqualTo(100L * i);
    }
  }

  @Test
  void aLimitSetWhileJobsRunCountsThem() {
    submitOfKey(5);
    List<TakenJob> running = new ArrayList<>(store.take(a, 4));
    assertThat(running).hasSize(4);
    assertThat(limit(2, null)).isTrue();
    assertThat(store.take(a, 4)).isEmpty();
    for (int left = 4; left > 2; left--) {
      store.record(a, running.removeFirst(), done("1"));
      assertThat(store.take(a, 4)).isEmpty();
    }
    store.record(a, running.removeFirst(), done("1"));
    assertThat(store.take(a, 4)).hasSize(1);
  }

  @Test
  void aLimitRaisedLoweredOrTakenAwayHoldsAtOnce() {
    limit(1, null);
    submitOfKey(12);
    var running = new ArrayList<>(store.take(a, 12));
    assertThat(running).hasSize(1);
    assertThat(limit(4, null)).isFalse();
    running.addAll(store.take(a, 12));
    assertThat(running).hasSize(4);
    limit(1, null);
    for (int left = 3; left >= 1; left--) {
      store.record(a, running.removeFirst(), done("1"));
      assertThat(store.take(a, 12)).isEmpty();
    }
    store.record(a, running.removeFirst(), done("1"));
    assertThat(store.take(a, 12)).hasSize(1);
    assertThat(store.limiter.remove(Kind.KEY, "k")).isTrue();
    assertThat(store.take(a, 12)).hasSize(7);
    assertThat(store.limiter.remove(Kind.KEY, "k")).isFalse();
    assertThat(store.limiter.get(Kind.KEY, "k")).isEmpty();
  }

  @Test
  void aFasterRateDoesNotWaitForTheOldOnesTime() {
    limit(null, "1/d");
    submitOfKey(3);
    assertThat(store.take(a, 3)).hasSize(1);
    assertThat(store.take(a, 3)).isEmpty();
    limit(7, "10/s");
    assertThat(store.take(a, 3)).isEmpty();
    pass(Duration.ofMillis(100));
    assertThat(store.take(a, 3)).hasSize(1);
    limit(7, null);
    assertThat(store.take(a, 3)).hasSize(1);
    assertThat(store.limiter.get(Kind.KEY, "k")).contains(new Numbers(7, (Rate) null));
  }

  @Test
  void whatWaitsForAKeySaysSo() {
    limit(1, null);
    submitOfKey(2);
    store.take(a, 2);
    JobId waiting = store.submit(aJob().withKey("k").withHost("h1:80"));
    assertThat(store.job(waiting).waiting().cause()).isEqualTo("key");
    assertThat(store.job(waiting).waiting().detail()).isEqualTo("k is at its limit of 1");
  }

  @Test
  void thousandsOfLanesAtTheirLimitHoldUpNobodyAndAreNotLookedAtAgain() {
    limit(1, null);
    submitOfKey(1500);
    JobId other = store.submit(aJob().withKey("other"));
    var taken = new ArrayList<JobId>();
    for (int takes = 0; takes < 2; takes++) {
      store.take(a, 8).forEach(job -> taken.add(job.id()));
    }
    assertThat(taken).contains(other).hasSize(2);
    for (int takes = 0; takes < 25; takes++) {
      assertThat(store.take(a, 8)).isEmpty();
    }
    assertThat(store.redisson.getKeys().countExists("{tm}:bands:compute")).isZero();
    long before = commands();
    for (int takes = 0; takes < 10; takes++) {
      store.take(a, 8);
      a.promote();
    }
    assertThat(commands() - before).isLessThan(10 * 30);
  }

  /** Commands that scripts and clients have given the server. */
  private long commands() {
    return Long.parseLong(
        store
            .redisson
            .getRedisNodes(org.redisson.api.redisnode.RedisNodes.SINGLE)
            .getInstance()
            .info(org.redisson.api.redisnode.RedisNode.InfoSection.STATS)
            .get("total_commands_processed"));
  }

  @Test
  void aFreePlaceGoesToTheHigherPriorityButNotForEver() {
    limit(1, null);
    JobId low = store.submit(aJob().withKey("k").withPriority(0));
    store.submit(aJob().withKey("k").withPriority(9));
    TakenJob running = store.takeOne(a);
    store.take(a, 1);
    int rounds = 0;
    while (!running.id().equals(low) && rounds < 30) {
      store.submit(aJob().withKey("k").withPriority(9));
      store.record(a, running, done("1"));
      pass(Duration.ofMillis(600));
      running = store.takeOne(a);
      store.take(a, 1);
      rounds++;
    }
    assertThat(rounds).isBetween(1, 8);
  }

  @Test
  void limitsWithoutAnEndAreCounted() {
    limit(1, null);
    for (int i = 0; i < 3; i++) {
      store.redisson.getSet("{tm}:limits", StringCodec.INSTANCE).add("k:filled-" + i);
    }
    List<String> args = List.of("k:more", "1 0 0 0 0", "", "4");
    assertThat(store.scripts.repeatedText(RedisScripts.Script.LIMIT, args)).isEqualTo("B");
    assertThat(limit(2, null)).isFalse();
    store.limiter.remove(Kind.KEY, "k");
    assertThat(store.scripts.repeatedText(RedisScripts.Script.LIMIT, args)).isEqualTo("N");
    for (int i = 0; i < 10_000; i++) {
      store.redisson.getSet("{tm}:limits", StringCodec.INSTANCE).add("k:filled-" + i);
    }
    assertThatThrownBy(() -> limit(1, null)).isInstanceOf(TooManyLimits.class);
  }
}
