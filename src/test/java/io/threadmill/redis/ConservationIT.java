package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.BROKEN;
import static io.threadmill.redis.QueueHarness.aJob;
import static io.threadmill.redis.QueueHarness.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.Ending;
import io.threadmill.job.JobId;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobQueue.Verdict;
import io.threadmill.job.JobRepository.Filter;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobState;
import io.threadmill.job.LeaseLost;
import io.threadmill.job.Limiter;
import io.threadmill.job.Rate;
import io.threadmill.job.TakenJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Thousands of random operations by three instances that lose their leases now and then; afterwards
 * the counts equal the jobs, every job can be ended, and nothing is left over.
 */
class ConservationIT {

  private static final int OPERATIONS = 3000;
  private static final Duration SECOND = Duration.ofSeconds(1);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void countsEqualJobsAndNothingIsLeftOver(long seed) {
    var random = new SplittableRandom(seed);
    try (var store = new QueueHarness(100_000)) {
      List<JobQueue> instances =
          new ArrayList<>(List.of(store.instance("a"), store.instance("b"), store.instance("c")));
      List<List<TakenJob>> held = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      var submitted = new ArrayList<JobId>();
      Map<JobId, Integer> recordedEnds = new HashMap<>();
      for (int i = 0; i < OPERATIONS; i++) {
        int who = random.nextInt(3);
        JobQueue queue = instances.get(who);
        switch (random.nextInt(13)) {
          case 0, 1, 2, 3 -> submitted.add(store.submit(anyJob(random)));
          case 4, 5 ->
              held.get(who).addAll(queue.take("compute", 1 + random.nextInt(4)).orElse(List.of()));
          case 6, 7, 8 -> endOne(store, random, queue, held.get(who), recordedEnds);
          case 9 -> {
            if (!submitted.isEmpty()) {
              JobId id = submitted.get(random.nextInt(submitted.size()));
              if (random.nextInt(3) == 0) {
                store.repository.retry(id);
              } else {
                store.repository.cancel(id);
              }
            }
          }
          case 10 -> {
            store.advance(Duration.ofMillis(random.nextInt(6000)));
            queue.promote();
          }
          case 11 -> changeLimit(store, random);
          default -> {
            queue.beat(held.get(who)).forEach(held.get(who)::remove);
            queue.sweep();
          }
        }
      }
      assertCountsEqualJobs(store);
      drain(store, instances.getFirst());
      assertCountsEqualJobs(store);
      store.advance(Duration.ofHours(3));
      while (instances.getFirst().expire() > 0) {}
      assertThat(store.redisson.getKeys().getKeysStream().map(key -> key.substring(5)))
          .noneMatch(key ->
              key.matches(
                  "(j|o|f|pg|c|g|gd|lane|sub|ring|bands|x|run|res|pw):.*|due|parked|parkinfo"));
      assertThat(
              store
                  .redisson
                  .getMap("{tm}:cnt", org.redisson.client.codec.StringCodec.INSTANCE)
                  .readAllValues())
          .containsOnly("0");
    }
  }

  private static void changeLimit(QueueHarness store, SplittableRandom random) {
    Limiter.Kind kind = random.nextBoolean() ? Limiter.Kind.KEY : Limiter.Kind.HOST;
    String name =
        kind == Limiter.Kind.KEY ? "k" + random.nextInt(3) : "h" + random.nextInt(4) + ":80";
    if (random.nextInt(3) == 0) {
      store.limiter.remove(kind, name);
    } else {
      Rate rate = random.nextBoolean() ? new Rate(1 + random.nextInt(20), SECOND) : null;
      store.limiter.set(kind, name, new Limiter.Numbers(1 + random.nextInt(4), rate), null);
    }
  }

  private static QueueHarness.Spec anyJob(SplittableRandom random) {
    QueueHarness.Spec spec =
        aJob().withPriority(random.nextInt(10)).tagged("t" + random.nextInt(3));
    if (random.nextInt(2) == 0) {
      spec = spec.withHost("h" + random.nextInt(4) + ":80");
    }
    if (random.nextInt(3) == 0) {
      spec = spec.withKey("k" + random.nextInt(3));
    }
    return random.nextInt(4) == 0 ? spec.delayed(Duration.ofMillis(random.nextInt(20_000))) : spec;
  }

  private static void endOne(
      QueueHarness store,
      SplittableRandom random,
      JobQueue queue,
      List<TakenJob> held,
      Map<JobId, Integer> ends) {
    if (held.isEmpty()) {
      return;
    }
    TakenJob job = held.remove(random.nextInt(held.size()));
    String work = "work-" + random.nextInt(3);
    if (random.nextInt(3) == 0 && !held.isEmpty()) {
      lead(queue, held.getFirst(), work);
    }
    Ending ending =
        switch (random.nextInt(8)) {
          case 0 -> new Ending.Failed(BROKEN);
          case 1 -> new Ending.Retried(BROKEN, Duration.ofMillis(random.nextInt(5000)));
          case 2 -> new Ending.Released(Duration.ofMillis(random.nextInt(2) * 1000L));
          case 3 -> new Ending.Cancelled();
          case 4, 5 -> new Ending.Joining(work);
          default -> done("1");
        };
    Verdict first = store.record(queue, job, ending);
    assertThat(store.record(queue, job, ending))
        .isEqualTo(first == Verdict.RECORDED ? Verdict.ALREADY_RECORDED : first);
    if (first == Verdict.RECORDED) {
      ends.merge(job.id(), 1, Integer::sum);
    }
  }

  private static void lead(JobQueue queue, TakenJob job, String work) {
    try {
      queue.lead(job, work);
    } catch (LeaseLost _) {
      // Its lease has passed on, as any of them may here.
    }
  }

  private static void assertCountsEqualJobs(QueueHarness store) {
    var found = new EnumMap<JobState, Long>(JobState.class);
    String cursor = null;
    do {
      var page = store.repository.list(new Filter(null, null, null), 500, cursor);
      for (JobSnapshot job : page.jobs()) {
        found.merge(job.state(), 1L, Long::sum);
      }
      cursor = page.next();
    } while (cursor != null);
    var counted = new EnumMap<JobState, Long>(JobState.class);
    counted.putAll(store.repository.counts().get("rehearse"));
    counted.values().removeIf(count -> count == 0);
    assertThat(counted).isEqualTo(found);
  }

  /** Whatever state the jobs were left in, each can be brought to its end. */
  private static void drain(QueueHarness store, JobQueue queue) {
    for (int round = 0; round < 2000; round++) {
      store.advance(Duration.ofSeconds(6));
      queue.beat(List.of());
      queue.sweep();
      queue.promote();
      for (TakenJob job : queue.take("compute", 64).orElse(List.of())) {
        store.record(queue, job, done("1"));
      }
      var counts = store.repository.counts().get("rehearse");
      if (counts.getOrDefault(JobState.QUEUED, 0L)
              + counts.getOrDefault(JobState.RUNNING, 0L)
              + counts.getOrDefault(JobState.SCHEDULED, 0L)
          == 0) {
        return;
      }
    }
    throw new AssertionError("jobs are stuck: " + store.repository.counts());
  }
}
