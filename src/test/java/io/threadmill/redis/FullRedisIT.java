package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.aJob;
import static io.threadmill.redis.QueueHarness.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.threadmill.batch.BatchRepository.Close;
import io.threadmill.batch.BatchRepository.ValidRow;
import io.threadmill.job.BacklogFull;
import io.threadmill.job.Ending;
import io.threadmill.job.InvalidSetting;
import io.threadmill.job.JobId;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobQueue.Verdict;
import io.threadmill.job.JobRepository.ChangeAnswer;
import io.threadmill.job.JobRepository.Filter;
import io.threadmill.job.JobResult.CacheUse;
import io.threadmill.job.JobResult.ResultBody;
import io.threadmill.job.JobSpec;
import io.threadmill.job.JobState;
import io.threadmill.job.Limiter;
import io.threadmill.job.TakenJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.api.redisnode.RedisMaster;
import org.redisson.api.redisnode.RedisNodes;
import org.redisson.client.codec.StringCodec;
import org.springframework.util.unit.DataSize;

/** A Redis of twenty megabytes that fills up. */
class FullRedisIT {

  private static final long LIMIT = DataSize.ofMegabytes(20).toBytes();

  private QueueHarness store;
  private JobQueue a;

  @BeforeEach
  void open() {
    store = new QueueHarness(1_000_000);
    a = store.instance("a");
    maxMemory(LIMIT);
  }

  @AfterEach
  void close() {
    maxMemory(0);
    RedisFixture.flush();
    store.close();
  }

  private RedisMaster server() {
    return store.redisson.getRedisNodes(RedisNodes.SINGLE).getInstance();
  }

  private void maxMemory(long bytes) {
    server().setConfig("maxmemory", Long.toString(bytes));
  }

  /** Submits until refused; answers how many were accepted. */
  private int submitUntilRefused(String params) {
    for (int accepted = 0; accepted < 5000; accepted++) {
      try {
        store.submit(aJob().withParams(params));
      } catch (BacklogFull _) {
        return accepted;
      }
    }
    throw new AssertionError("nothing was refused");
  }

  private void fillTheRest() {
    occupy("filler", LIMIT);
  }

  /** Sets the last bit of a value of that size: one that is sent would fill Redis's buffers too. */
  private void occupy(String key, long bytes) {
    store.redisson.getBitSet(key).set(bytes * 8 - 1);
  }

  private long memory() {
    return Long.parseLong(
        server().info(org.redisson.api.redisnode.RedisNode.InfoSection.MEMORY).get("used_memory"));
  }

  private void assertNothingIsHalf(int jobs) {
    assertThat(store.repository.counts().get("rehearse").values().stream().mapToLong(n -> n).sum())
        .isEqualTo(jobs);
    assertThat(store.redisson.getScoredSortedSet("{tm}:x:all", StringCodec.INSTANCE).size())
        .isEqualTo(jobs);
    int found = 0;
    @Nullable String cursor = null;
    do {
      var page = store.repository.list(new Filter(null, null, null), 1000, cursor);
      found += page.jobs().size();
      cursor = page.next();
    } while (cursor != null);
    assertThat(found).isEqualTo(jobs);
  }

  @Test
  void theBudgetRefusesWellBeforeRedisDoes() {
    QueueBudget budget =
        QueueBudget.of(
            new QueueProperties(1_000_000, null, QueueHarness.LEASE, Duration.ofSeconds(5), 8),
            RedisConnection.maxMemory(store.redisson));
    assertThat(budget.bytes()).isEqualTo(LIMIT * 6 / 10);
    store.close();
    store = new QueueHarness(1_000_000, budget.bytes());
    int accepted = submitUntilRefused("{\"text\":\"" + "x".repeat(20_000) + "\"}");
    assertThat(accepted).isBetween(400, 620);
    assertThat(memory()).isLessThan(LIMIT * 9 / 10);
    assertNothingIsHalf(accepted);
  }

  @Test
  void whateverFillsRedisItsOwnMemoryIsLookedAt() {
    store.submit(aJob());
    maxMemory(0);
    occupy("cached", (long) (LIMIT * 0.95) - memory());
    maxMemory(LIMIT);
    a.expire();
    assertThatThrownBy(() -> store.submit(aJob())).isInstanceOf(BacklogFull.class);
    store.redisson.getBucket("cached").delete();
    a.expire();
    store.submit(aJob());
    assertNothingIsHalf(2);
  }

  @Test
  void aFullRedisRefusesJobsWholeAndStillRecordsWhatRuns() {
    int accepted = submitUntilRefused("{\"text\":\"" + "x".repeat(100_000) + "\"}");
    maxMemory(LIMIT * 2);
    List<TakenJob> running = new ArrayList<>(store.take(a, 2));
    running.addAll(store.take(a, 2));
    assertThat(running).hasSizeGreaterThan(3);
    maxMemory(LIMIT);
    fillUp();
    assertThatThrownBy(() -> store.submit(aJob())).isInstanceOf(BacklogFull.class);
    assertNothingIsHalf(accepted);

    assertThatThrownBy(() -> a.take("compute", 1)).isInstanceOf(BacklogFull.class);
    assertThat(a.beat(running)).isEmpty();
    assertThat(store.record(a, running.getFirst(), done("1"))).isEqualTo(Verdict.RECORDED);
    assertThat(
            store.record(
                a, running.get(1), new Ending.Retried(QueueHarness.BROKEN, Duration.ofSeconds(1))))
        .isEqualTo(Verdict.RECORDED);
    JobId cancelled = running.get(2).id();
    store.repository.cancel(cancelled);
    assertThat(a.cancellations()).containsExactly(cancelled);

    // A large result waits for room: it is offered again, and nothing is lost.
    var large = new Ending.Succeeded(new ResultBody("image/png", new byte[300_000]), CacheUse.MISS);
    assertThatThrownBy(() -> store.record(a, running.get(3), large))
        .isInstanceOf(BacklogFull.class);
    assertThat(store.state(running.get(3).id())).isEqualTo(JobState.RUNNING);
    maxMemory(LIMIT * 4);
    assertThat(store.record(a, running.get(3), large)).isEqualTo(Verdict.RECORDED);
    store.submit(aJob());
    assertNothingIsHalf(accepted + 1);
  }

  @Test
  void limitsAreLookedAtAgainWhereRedisIsFull() {
    store.limiter.holdBack(Limiter.Kind.KEY, "k", Duration.ofSeconds(5));
    store.submit(aJob().withKey("k"));
    assertThat(store.take(a, 1)).isEmpty();
    store.limiter.holdBack(Limiter.Kind.KEY, "k", Duration.ofSeconds(20));
    store.advance(
        Duration.ofSeconds(6)); // it still is held back: all there is to write is when next
    fillUp();
    assertThat(a.promote()).contains(Duration.ofSeconds(14));
    assertThat(a.sweep()).isZero();
    assertThat(a.expire()).isZero();
  }

  @Test
  void whatClientsAskOfJobsIsDoneWhereRedisIsFull() {
    JobId failed = store.submit(aJob());
    store.record(a, store.takeOne(a), new Ending.Failed(QueueHarness.BROKEN));
    JobId row = failedRow();
    store.submit(aJob());
    JobId running = store.takeOne(a).id();
    fillUp();
    assertThat(store.repository.retry(row)).isEqualTo(ChangeAnswer.CHANGED);
    var rehearsals = new Filter(null, "rehearse", null);
    assertThat(store.repository.retrySome(rehearsals, 10, null).jobs()).isEqualTo(1);
    assertThat(store.state(failed)).isEqualTo(JobState.QUEUED);
    assertThat(store.repository.cancelSome(rehearsals, 10, null).jobs()).isEqualTo(2);
    assertThat(a.cancellations()).containsExactly(running);
  }

  private JobId failedRow() {
    JobSpec frame = aJob().build();
    JobId batch = store.batches.open(frame, false, null).id();
    store.batches.append(batch, frame, 1, List.of(new ValidRow(frame)));
    store.batches.close(batch, Close.WHOLE);
    TakenJob row = store.takeOne(a);
    store.record(a, row, new Ending.Failed(QueueHarness.BROKEN));
    return row.id();
  }

  private void fillUp() {
    maxMemory(0);
    fillTheRest();
    maxMemory(LIMIT);
  }

  @Test
  void whatStandsApartFromARecordCountsUntilItsJobGoes() {
    store.submit(aJob());
    long before = bytes();
    TakenJob job = store.takeOne(a);
    store.record(
        a, job, new Ending.Succeeded(new ResultBody("image/png", new byte[90_000]), CacheUse.MISS));
    assertThat(bytes() - before).isBetween(90_000L, 91_000L);
    store.repository.delete(job.id());
    assertThat(bytes()).isZero();
  }

  private long bytes() {
    return Long.parseLong(
        store.redisson.<String, String>getMap("{tm}:cnt", StringCodec.INSTANCE).get("bytes"));
  }

  @Test
  void aBudgetAboveRedissOwnLimitIsRefused() {
    var properties =
        new QueueProperties(
            10, DataSize.ofGigabytes(1), QueueHarness.LEASE, Duration.ofSeconds(5), 8);
    assertThatThrownBy(() -> QueueBudget.of(properties, LIMIT))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageContaining("threadmill.queue.max-bytes")
        .hasMessageContaining("above Redis's maxmemory");
    assertThat(QueueBudget.of(properties, 0).bytes()).isEqualTo(1L << 30);
    assertThat(
            QueueBudget.of(
                    new QueueProperties(10, null, QueueHarness.LEASE, Duration.ofSeconds(5), 8), 0)
                .bytes())
        .isEqualTo(2L << 30);
  }
}
