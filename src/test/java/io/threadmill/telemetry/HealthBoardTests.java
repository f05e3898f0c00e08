package io.threadmill.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.threadmill.cache.CacheStore;
import io.threadmill.job.JobState;
import io.threadmill.job.StoreProbe;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.TakenJob;
import io.threadmill.pool.PoolSnapshot;
import io.threadmill.pool.WorkerStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class HealthBoardTests {

  private final Tally tally = new Tally();
  private long now;
  private int deadlocked;
  private int deadlockLooks;
  private int cacheLooks;
  private boolean countsFail;
  private StoreProbe.Reading store =
      new StoreProbe.Reading(
          true,
          "8.0.0",
          "embedded",
          1234,
          "",
          new StoreProbe.Load(
              5000,
              Map.of("jobs", 0.5, "bytes", 0.1),
              Map.of("scrape", Duration.ofMillis(1500)),
              Duration.ofMillis(700)));
  private WorkerStatus worker = worker(false, Duration.ofSeconds(1), Duration.ofSeconds(1));
  private List<PoolSnapshot> pools = List.of(pool("scrape", 0), pool("compute", 0));

  private final HealthBoard board =
      new HealthBoard(
          new HealthBoard.Sources(
              () -> store,
              this::counts,
              () -> worker,
              () -> pools,
              () -> {
                cacheLooks++;
                return Map.of("responses", new CacheStore.Usage(3, 4000));
              },
              () -> {
                deadlockLooks++;
                return deadlocked;
              }),
          () -> now);

  private Map<String, Map<JobState, Long>> counts() {
    if (countsFail) {
      throw new StoreUnavailable("away", new IllegalStateException());
    }
    return Map.of("scrape", Map.of(JobState.QUEUED, 2L), "rehearse", Map.of(JobState.QUEUED, 3L));
  }

  @Test
  void redisIsOutOfServiceBeforeItWasAsked() {
    assertThat(Verdicts.redis(board.seen()).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
  }

  @Test
  void allIsUpWhenAllIsWell() {
    Observation seen = look();
    assertThat(Verdicts.redis(seen).getStatus()).isEqualTo(Status.UP);
    assertThat(Verdicts.redis(seen).getDetails())
        .containsEntry("version", "8.0.0")
        .containsEntry("mode", "embedded")
        .containsEntry("usedMemoryBytes", 1234L);
    assertThat(Verdicts.queue(seen, tally).getStatus()).isEqualTo(Status.UP);
    assertThat(Verdicts.pool(seen).getStatus()).isEqualTo(Status.UP);
    assertThat(Verdicts.threads(seen).getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void redisIsOutOfServiceWhileItDoesNotAnswer() {
    look();
    store = new StoreProbe.Reading(false, "?", "embedded", 0, "Redis does not answer");
    assertThat(Verdicts.redis(look()).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
  }

  @Test
  void aLookThatHangsMakesTheLastAnswerOld() {
    look();
    now += Duration.ofSeconds(6).toNanos();
    Health health = Verdicts.redis(board.seen());
    assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
    assertThat(health.getDetails()).containsEntry("reason", "Redis has not answered for 6 s");
  }

  @Test
  void theQueueFollowsTheTakesAndTheBeats() {
    assertThat(queueAfter(Duration.ofSeconds(7), Duration.ZERO)).isEqualTo(Verdicts.DEGRADED);
    assertThat(queueAfter(Duration.ofSeconds(16), Duration.ZERO)).isEqualTo(Status.OUT_OF_SERVICE);
    assertThat(queueAfter(Duration.ZERO, Duration.ofSeconds(16))).isEqualTo(Status.OUT_OF_SERVICE);
    assertThat(queueAfter(Duration.ofSeconds(5), Duration.ofSeconds(14))).isEqualTo(Status.UP);
  }

  private Status queueAfter(Duration sinceTake, Duration sinceBeat) {
    worker = worker(false, sinceTake, sinceBeat);
    return Verdicts.queue(look(), tally).getStatus();
  }

  @Test
  void theQueueTellsHowLateItIsAndWhatWasLost() {
    TakenJob job = JobMetersTests.job("scrape");
    tally.leaseLost(job);
    tally.fenced(job);
    tally.fenced(job);
    tally.postponed(job);
    tally.recovered(40);
    store =
        new StoreProbe.Reading(
            true,
            "8.0.0",
            "embedded",
            1234,
            "",
            new StoreProbe.Load(
                5000, Map.of(), Map.of("scrape", Duration.ofSeconds(7)), Duration.ofSeconds(3)));
    assertThat(Verdicts.queue(look(), tally).getDetails())
        .containsEntry("leasesLost", 1L)
        .containsEntry("outcomesFenced", 2L)
        .containsEntry("endingsPostponed", 1L)
        .containsEntry("jobsRecovered", 40L)
        .containsEntry("oldestReadySeconds", Map.of("scrape", 7L))
        .containsEntry("scheduleLagSeconds", 3L);
    store = new StoreProbe.Reading(false, "?", "embedded", 0, "Redis does not answer");
    assertThat(Verdicts.queue(look(), tally).getDetails())
        .doesNotContainKeys("oldestReadySeconds", "scheduleLagSeconds");
  }

  @Test
  void aDrainingInstanceIsOutOfService() {
    worker = worker(true, Duration.ZERO, Duration.ZERO);
    assertThat(Verdicts.queue(look(), tally).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
  }

  @Test
  void aLostThreadDegradesAndAPoolOfLostThreadsIsOut() {
    pools = List.of(pool("scrape", 1), pool("compute", 0));
    assertThat(Verdicts.pool(look()).getStatus()).isEqualTo(Verdicts.DEGRADED);
    pools = List.of(pool("scrape", 4), pool("compute", 1));
    assertThat(Verdicts.pool(look()).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
  }

  @Test
  void lostThreadsAreToldAndManyOfThemForLongAreDown() {
    pools = List.of(pool("scrape", 3), pool("compute", 0));
    Health few = Verdicts.threads(look());
    assertThat(few.getStatus()).isEqualTo(Verdicts.DEGRADED);
    assertThat(few.getDetails()).containsEntry("lost", 3);
    pools = List.of(pool("scrape", 4), pool("compute", 0)); // half of its max
    look();
    now += Duration.ofMinutes(5).minusNanos(1).toNanos();
    assertThat(Verdicts.threads(look()).getStatus()).isEqualTo(Verdicts.DEGRADED);
    now += 1;
    assertThat(Verdicts.threads(look()).getStatus()).isEqualTo(Status.DOWN);
    pools = List.of(pool("scrape", 3), pool("compute", 0));
    assertThat(Verdicts.threads(look()).getStatus()).isEqualTo(Verdicts.DEGRADED);
    pools = List.of(pool("scrape", 4), pool("compute", 0));
    assertThat(Verdicts.threads(look()).getStatus())
        .as("from the start")
        .isEqualTo(Verdicts.DEGRADED);
  }

  @Test
  void aDeadlockIsDownAndLookedForEveryTenSeconds() {
    look();
    deadlocked = 2;
    now += Duration.ofSeconds(9).toNanos();
    assertThat(Verdicts.threads(look()).getStatus()).isEqualTo(Status.UP);
    assertThat(deadlockLooks).isEqualTo(1);
    now += Duration.ofSeconds(1).toNanos();
    assertThat(Verdicts.threads(look()).getStatus()).isEqualTo(Status.DOWN);
  }

  @Test
  void failuresOfJobsAreToldAndChangeNothing() {
    Health health = Verdicts.threads(look());
    assertThat(health.getStatus()).isEqualTo(Status.UP);
    assertThat(health.getDetails()).containsEntry("failures", Map.of("java.lang.Error", 5L));
  }

  @Test
  void theCountsOfAllTypesAreSummedAndKeptWhileRedisIsAway() {
    assertThat(look().jobs()).isEqualTo(Map.of(JobState.QUEUED, 5L));
    countsFail = true;
    assertThat(look().jobs()).isEqualTo(Map.of(JobState.QUEUED, 5L));
  }

  @Test
  void theGaugesShowWhatTheBoardSaw() {
    var registry = new SimpleMeterRegistry();
    new StateGauges(board, () -> pools).bindTo(registry);
    look();
    assertThat(registry.get(Meter.JOBS_STATE.id()).tag("state", "queued").gauge().value())
        .isEqualTo(5);
    assertThat(registry.get(Meter.POOL_SIZE.id()).tag("pool", "compute").gauge().value())
        .isEqualTo(4);
    assertThat(registry.get(Meter.THREAD_FAILURES.id()).gauge().value()).isEqualTo(5);
    assertThat(gauge(registry, Meter.JOBS_HELD)).isEqualTo(2);
    assertThat(gauge(registry, Meter.TAKE_AGE, "pool", "scrape")).isEqualTo(1);
    assertThat(gauge(registry, Meter.BEAT_AGE)).isEqualTo(1);
    assertThat(gauge(registry, Meter.JOBS_OLDEST_READY, "pool", "scrape")).isEqualTo(1.5);
    assertThat(gauge(registry, Meter.JOBS_SCHEDULE_LAG)).isEqualTo(0.7);
    assertThat(gauge(registry, Meter.BACKLOG_RATIO, "budget", "jobs")).isEqualTo(0.5);
    assertThat(gauge(registry, Meter.BACKLOG_RATIO, "budget", "bytes")).isEqualTo(0.1);
    assertThat(gauge(registry, Meter.REDIS_MEMORY_USED)).isEqualTo(1234);
    assertThat(gauge(registry, Meter.REDIS_MEMORY_LIMIT)).isEqualTo(5000);
    assertThat(registry.get(Meter.THREADS_LOST.id()).tag("pool", "scrape").counter().count())
        .isZero();
  }

  @Test
  void whatRedisDidNotTellIsNoNumber() {
    var registry = new SimpleMeterRegistry();
    new StateGauges(board, () -> pools).bindTo(registry);
    store = new StoreProbe.Reading(false, "?", "embedded", 0, "Redis does not answer");
    look();
    assertThat(gauge(registry, Meter.REDIS_MEMORY_USED)).isNaN();
    assertThat(gauge(registry, Meter.REDIS_MEMORY_LIMIT)).isNaN();
    assertThat(gauge(registry, Meter.BACKLOG_RATIO, "budget", "jobs")).isNaN();
    assertThat(gauge(registry, Meter.JOBS_OLDEST_READY, "pool", "scrape")).isNaN();
    assertThat(gauge(registry, Meter.JOBS_SCHEDULE_LAG)).isNaN();
  }

  @Test
  void healthIsANumberThatGrowsWithTheTrouble() {
    var registry = new SimpleMeterRegistry();
    new StateGauges(board, () -> pools).bindTo(registry);
    look();
    for (String component : List.of("redis", "queue", "pool", "threads", "workers", "monitor")) {
      assertThat(gauge(registry, Meter.HEALTH, "component", component)).as(component).isZero();
    }
    pools = List.of(pool("scrape", 1), pool("compute", 0));
    store = new StoreProbe.Reading(false, "?", "embedded", 0, "Redis does not answer");
    deadlocked = 2;
    now += Duration.ofSeconds(10).toNanos();
    look();
    assertThat(gauge(registry, Meter.HEALTH, "component", "pool")).isEqualTo(1);
    assertThat(gauge(registry, Meter.HEALTH, "component", "redis")).isEqualTo(2);
    assertThat(gauge(registry, Meter.HEALTH, "component", "threads")).isEqualTo(3);
  }

  private static double gauge(SimpleMeterRegistry registry, Meter meter, String... tags) {
    return registry.get(meter.id()).tags(tags).gauge().value();
  }

  @Test
  void theSharedMapsAreLookedAtEveryTenSecondsAndNotWhileRedisIsAway() {
    var registry = new SimpleMeterRegistry();
    new CacheGauges(board, List.of("responses", "results")).bindTo(registry);
    store = new StoreProbe.Reading(false, "?", "embedded", 0, "Redis does not answer");
    look();
    assertThat(cacheLooks).isZero();
    store = new StoreProbe.Reading(true, "8.0.0", "embedded", 1234, "");
    look();
    now += Duration.ofSeconds(9).toNanos();
    look();
    assertThat(cacheLooks).isEqualTo(1);
    now += Duration.ofSeconds(1).toNanos();
    look();
    assertThat(cacheLooks).isEqualTo(2);
    assertThat(registry.get(Meter.CACHE_BYTES.id()).tag("map", "responses").gauge().value())
        .isEqualTo(4000);
    assertThat(registry.get(Meter.CACHE_ENTRIES.id()).tag("map", "results").gauge().value())
        .isNaN();
  }

  @Test
  void itLooksOnAThreadOfItsOwnUntilStopped() {
    board.start();
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> board.seen().store().up() && !board.seen().pools().isEmpty());
    board.stop();
    assertThat(board.isRunning()).isFalse();
  }

  @Test
  void theEndpointShowsEachPool() {
    Map<String, PoolView> views = new PoolEndpoint(() -> pools).pools();
    assertThat(views).containsOnlyKeys("scrape", "compute");
    assertThat(views.get("scrape"))
        .isEqualTo(new PoolView(4, 1, 8, 3, 2, 0, "off", 1.5, List.of()));
  }

  private Observation look() {
    board.refresh();
    return board.seen();
  }

  private static WorkerStatus worker(boolean draining, Duration sinceTake, Duration sinceBeat) {
    return new WorkerStatus(
        true,
        draining,
        Map.of("scrape", sinceTake, "compute", Duration.ZERO),
        sinceBeat,
        2,
        Map.of("java.lang.Error", 5L));
  }

  private static PoolSnapshot pool(String name, int lost) {
    return new PoolSnapshot(name, 4, 1, 8, 3, 2, lost, 1.5);
  }
}
