package io.threadmill.redis;

import io.threadmill.job.CacheOptions;
import io.threadmill.job.Ending;
import io.threadmill.job.HostProperties;
import io.threadmill.job.Instance;
import io.threadmill.job.JobError;
import io.threadmill.job.JobId;
import io.threadmill.job.JobOptions;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobQueue.Recording;
import io.threadmill.job.JobQueue.Verdict;
import io.threadmill.job.JobResult;
import io.threadmill.job.JobResult.CacheUse;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSpec;
import io.threadmill.job.JobState;
import io.threadmill.job.RetryPolicy;
import io.threadmill.job.TakenJob;
import io.threadmill.job.Webhook;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;
import org.redisson.api.redisnode.RedisNode;
import org.redisson.api.redisnode.RedisNodes;
import org.redisson.client.codec.StringCodec;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.json.JsonMapper;

/** The store on the shared Redis with a clock that tests move. Each harness flushes it first. */
final class QueueHarness implements AutoCloseable {

  static final JobError BROKEN = JobError.retryable("broken", "Broken", "It broke.");
  static final Duration LEASE = Duration.ofSeconds(15);

  /** What these tests show is not how fast a busy machine is. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  final RedissonClient redisson;
  final RedisScripts scripts;
  final RedisJobRepository repository;
  final RedisBatchRepository batches;
  final RedisLimiter limiter;
  private final ApartResults results;
  final RedisDeliveries deliveries;
  final RandomGenerator random = new SplittableRandom(7);
  private final JobRecords records =
      new JobRecords(JsonMapper.builder().build(), new AnyReceiver());
  private final QueueProperties properties;
  private final HostProperties host = new HostProperties(2, Duration.ZERO);
  private final ResultProperties result = new ResultProperties(Duration.ofHours(1));
  long now = 1_800_000_000_000L;

  QueueHarness() {
    this(1000);
  }

  QueueHarness(long maxJobs) {
    this(maxJobs, DataSize.ofGigabytes(1).toBytes());
  }

  QueueHarness(long maxJobs, long maxBytes) {
    RedisFixture.flush();
    properties = new QueueProperties(maxJobs, null, LEASE, Duration.ofSeconds(5), 8);
    redisson =
        RedisConnection.open(
            RedisAddress.parse(RedisFixture.uri().toString()), new Instance("client"));
    scripts = new RedisScripts(redisson, () -> Long.toString(now), List.of(), PATIENCE);
    results = new ApartResults(redisson, scripts.patience());
    repository =
        new RedisJobRepository(
            redisson,
            scripts,
            records,
            results,
            new Instance("client"),
            new QueueBudget(maxJobs, maxBytes),
            result,
            random,
            System::nanoTime);
    batches =
        new RedisBatchRepository(
            scripts, repository, records, results, new QueueBudget(maxJobs, maxBytes), result);
    limiter = new RedisLimiter(redisson, scripts, host, random);
    deliveries = new RedisDeliveries(redisson, scripts, records);
  }

  /** The worker's side of one more instance, registered. */
  JobQueue instance(String name) {
    JobQueue queue =
        new RedisJobQueue(
            redisson,
            scripts,
            records,
            results,
            new Instance(name),
            properties,
            result,
            host,
            random,
            () -> {});
    queue.beat(List.of());
    return queue;
  }

  /** Time goes on, in which some instance that no test cares about beats. */
  void advance(Duration by) {
    now += by.toMillis();
    redisson
        .<String, String>getMap(RedisScripts.PREFIX + "clk", StringCodec.INSTANCE)
        .put("beat", Long.toString(now));
  }

  /** Time goes on while Redis is away: nobody beats. */
  void outage(Duration lasting) {
    now += lasting.toMillis();
  }

  static Spec aJob() {
    return new Spec();
  }

  /**
   * A valid job with what a test cares about changed. Each change leaves the one before as it is.
   */
  static final class Spec {

    private String type = "rehearse";
    private String params = "{\"text\":\"ümläut\"}";
    private @Nullable String key;
    private @Nullable String host;
    private int priority = 5;
    private Duration delay = Duration.ZERO;
    private @Nullable Instant runAt;
    private List<String> tags = List.of();
    private JobOptions options = JobOptions.DEFAULT;

    Spec ofType(String other) {
      return with(spec -> spec.type = other);
    }

    Spec withParams(String other) {
      return with(spec -> spec.params = other);
    }

    Spec withKey(String other) {
      return with(spec -> spec.key = other);
    }

    Spec withHost(String other) {
      return with(spec -> spec.host = other);
    }

    Spec withPriority(int other) {
      return with(spec -> spec.priority = other);
    }

    Spec delayed(Duration other) {
      return with(spec -> spec.delay = other);
    }

    Spec at(Instant other) {
      return with(spec -> spec.runAt = other);
    }

    Spec tagged(String... others) {
      return with(spec -> spec.tags = List.of(others));
    }

    Spec withOptions(JobOptions other) {
      return with(spec -> spec.options = other);
    }

    /** Its end is told. */
    Spec withWebhook(Webhook webhook) {
      return withOptions(new JobOptions(CacheOptions.DEFAULT, null, null, webhook));
    }

    private Spec with(Consumer<Spec> change) {
      var next = new Spec();
      next.type = type;
      next.params = params;
      next.key = key;
      next.host = host;
      next.priority = priority;
      next.delay = delay;
      next.runAt = runAt;
      next.tags = tags;
      next.options = options;
      change.accept(next);
      return next;
    }

    JobSpec build() {
      return new JobSpec(
          type,
          params,
          "compute",
          host,
          key,
          priority,
          delay,
          runAt,
          Duration.ofMinutes(1),
          new RetryPolicy(3, Duration.ofSeconds(1)),
          tags,
          options,
          null);
    }
  }

  /** What the server's scripts hold in memory, garbage included. */
  long scriptMemory() {
    Map<String, String> memory =
        redisson.getRedisNodes(RedisNodes.SINGLE).getInstance().info(RedisNode.InfoSection.MEMORY);
    String newer = memory.getOrDefault("used_memory_vm_eval", "0");
    return Long.parseLong(memory.getOrDefault("used_memory_lua", newer));
  }

  JobId submit(Spec spec) {
    return repository.enqueue(spec.build(), null).id();
  }

  /** Many equal jobs, as fast as the store takes them. */
  void fill(int jobs, Spec spec) {
    var submission = new GroupCommit.Submission(spec.build(), null, new CompletableFuture<>());
    for (int left = jobs; left > 0; left -= GroupCommit.MOST) {
      repository.write(Collections.nCopies(Math.min(left, GroupCommit.MOST), submission));
    }
  }

  JobSnapshot job(JobId id) {
    return repository.find(id).orElseThrow();
  }

  JobState state(JobId id) {
    return job(id).state();
  }

  List<TakenJob> take(JobQueue queue, int slots) {
    return queue.take("compute", slots).orElseThrow();
  }

  TakenJob takeOne(JobQueue queue) {
    return take(queue, 1).getFirst();
  }

  static Ending done(String json) {
    return new Ending.Succeeded(
        JobResult.ResultBody.json(json.getBytes(StandardCharsets.UTF_8)), CacheUse.BYPASS);
  }

  Verdict record(JobQueue queue, TakenJob job, Ending ending) {
    return queue.record(List.of(new Recording(job, ending, null))).getFirst();
  }

  @Override
  public void close() {
    repository.close();
    redisson.shutdown();
  }
}
