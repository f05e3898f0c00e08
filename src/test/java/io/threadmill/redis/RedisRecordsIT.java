package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.BROKEN;
import static io.threadmill.redis.QueueHarness.aJob;
import static io.threadmill.redis.QueueHarness.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.threadmill.job.Ending;
import io.threadmill.job.JobError;
import io.threadmill.job.JobId;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobQueue.Recording;
import io.threadmill.job.JobQueue.Verdict;
import io.threadmill.job.JobRepository.ChangeAnswer;
import io.threadmill.job.JobRepository.Filter;
import io.threadmill.job.JobRepository.Page;
import io.threadmill.job.JobResult.CacheUse;
import io.threadmill.job.JobResult.ResultBody;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSnapshot.Attempt;
import io.threadmill.job.JobSpec;
import io.threadmill.job.JobState;
import io.threadmill.job.LeaseLost;
import io.threadmill.job.TakenJob;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.api.RBucket;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.client.codec.StringCodec;

/** What is kept of a job, how it is read, and how it goes, on a real Redis. */
class RedisRecordsIT {

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
  void aJobThatSucceededKeepsItsLastProgress() {
    var progress = new JobSnapshot.Progress(7, 7, "line\n\tone");
    JobId inline = store.submit(aJob());
    JobId apart = store.submit(aJob());
    for (String body : List.of("1", "\"" + "y".repeat(70_000) + "\"")) {
      a.record(List.of(new JobQueue.Recording(store.takeOne(a), done(body), progress)));
    }
    for (JobId id : List.of(inline, apart)) {
      assertThat(store.job(id).progress()).isEqualTo(progress);
      assertThat(store.job(id).cache()).isEqualTo(CacheUse.BYPASS);
    }
    assertThat(store.job(apart).result().bytes()).isEqualTo(70_002);
    assertThat(store.repository.list(ALL, 10, null).jobs())
        .extracting(JobSnapshot::progress)
        .containsExactly(progress, progress);
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
  void theErrorOfAFailedJobIsKeptWithItsFacts() {
    JobId id = store.submit(aJob());
    JobError error =
        JobError.terminal("http-status", "Bad status", "It said 404.\n\"quoted\"\ttab")
            .with("upstreamStatus", 404);
    store.record(a, store.takeOne(a), new Ending.Failed(error));
    assertThat(store.job(id).error()).isEqualTo(error);
    assertThat(store.job(id).attempts().getFirst().error()).isEqualTo(error);
  }

  private RBucket<byte[]> recordOf(JobId id) {
    return store.redisson.getBucket("{tm}:j:" + id, ByteArrayCodec.INSTANCE);
  }

  @Test
  void aWorkerReadsOfARecordWhatTheScriptsWrote() {
    JobSpec spec = aJob().withKey("größe").withHost("h:80").tagged("t").withPriority(3).build();
    JobId id = store.repository.enqueue(spec, null).id();
    store.record(a, store.takeOne(a), new Ending.Retried(BROKEN, Duration.ZERO));
    PackedRecord read = PackedRecord.of(recordOf(id).get());
    assertThat(read.run()).isOne();
    assertThat(read.fails()).isOne();
    assertThat(read.starts()).isOne();
    assertThat(read.maxAttempts()).isEqualTo(spec.retry().attempts());
    assertThat(read.backoff()).isEqualTo(spec.retry().backoff());
    assertThat(read.timeout()).isEqualTo(spec.timeout());
    assertThat(read.type()).isEqualTo(spec.type());
    assertThat(read.pool()).isEqualTo(spec.pool());
    assertThat(read.key()).isEqualTo("größe");
    assertThat(read.host()).isEqualTo("h:80");
    assertThat(read.params()).isEqualTo(spec.params());
    assertThat(read.createdAt()).isEqualTo(store.job(id).createdAt());
    assertThat(read.dueAt()).isEqualTo(read.wantedSince());
    assertThatThrownBy(() -> PackedRecord.of(new byte[200]))
        .isInstanceOf(IllegalStateException.class);
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
    byte[] record = recordOf(id).get();
    ByteBuffer.wrap(record).putShort(3, (short) 9999).putInt(9, 999_999); // runs and attempts
    recordOf(id).set(record);
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
