package io.threadmill.redis;

import io.threadmill.job.Ending;
import io.threadmill.job.HostProperties;
import io.threadmill.job.Instance;
import io.threadmill.job.JobOptions;
import io.threadmill.job.JobQueue.Recording;
import io.threadmill.job.JobRepository.Filter;
import io.threadmill.job.JobResult.CacheUse;
import io.threadmill.job.JobResult.ResultBody;
import io.threadmill.job.JobSpec;
import io.threadmill.job.RetryPolicy;
import io.threadmill.job.TakenJob;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RScript;
import org.redisson.api.RedissonClient;
import org.redisson.api.redisnode.RedisMaster;
import org.redisson.api.redisnode.RedisNode.InfoSection;
import org.redisson.api.redisnode.RedisNodes;
import org.redisson.client.codec.StringCodec;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JVM's side of {@code ./bench/run backlog}: fills its own Redis with jobs, then for each line
 * it reads measures one round and prints it as JSON. Costs are the server's CPU time, so that
 * neither the client nor whatever else runs counts. Arguments: a folder for the embedded Redis,
 * jobs in the backlog.
 */
final class BacklogBench {

  private static final int CALLS = 40;
  private static final int SLOTS = 50;
  private static final String PARAMS = "{\"text\":\"" + "x".repeat(240) + "\"}";
  private static final byte[] RESULT =
      ("{\"text\":\"" + "y".repeat(1000) + "\"}").getBytes(StandardCharsets.UTF_8);

  /**
   * The least that a queue can do for a job: a hash written and put at the end of a list, the
   * oldest taken from it, read, and deleted. In a database of its own, with a backlog as large.
   */
  private static final String REFERENCE =
      """
      redis.call('SELECT', '1')
      for i = 3, #ARGV do
        local id = redis.call('INCR', 'last')
        redis.call('HSET', 'job:' .. id, 'id', id, 'state', 'queued', 'params', ARGV[1])
        redis.call('RPUSH', 'waiting', id)
        if ARGV[2] == 'run' then
          local oldest = redis.call('LPOP', 'waiting')
          redis.call('HGETALL', 'job:' .. oldest)
          redis.call('UNLINK', 'job:' .. oldest)
        end
      end
      """;

  private final RedissonClient redisson;
  private final RedisMaster server;
  private final RedisScripts scripts;
  private final RedisJobRepository repository;
  private final RedisJobQueue queue;
  private final SplittableRandom random = new SplittableRandom(5);
  private double slowest;
  private String slowestScript = "";

  private BacklogBench(RedissonClient redisson) {
    this.redisson = redisson;
    server = redisson.getRedisNodes(RedisNodes.SINGLE).getInstance();
    server.setConfig("auto-aof-rewrite-percentage", "0"); // a fork would be measured too
    scripts = new RedisScripts(redisson, () -> "", List.of(), Duration.ofSeconds(30));
    var records = new JobRecords(JsonMapper.builder().build(), new AnyReceiver());
    var instance = new Instance("bench");
    var result = new ResultProperties(Duration.ofSeconds(1));
    var results = new ApartResults(redisson, scripts.patience());
    repository =
        new RedisJobRepository(
            redisson,
            scripts,
            records,
            results,
            instance,
            new QueueBudget(Long.MAX_VALUE >> 10, Long.MAX_VALUE >> 10),
            result,
            random,
            System::nanoTime);
    queue =
        new RedisJobQueue(
            redisson,
            scripts,
            records,
            results,
            instance,
            new QueueProperties(1, null, Duration.ofHours(1), Duration.ofMinutes(1), 8),
            result,
            new HostProperties(8, Duration.ZERO),
            random,
            () -> {});
  }

  public static void main(String[] args) throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(Path.of(args[0]))) {
      RedissonClient client =
          RedisConnection.open(RedisAddress.parse(redis.uri().toString()), new Instance("bench"));
      try {
        new BacklogBench(client).run(Integer.parseInt(args[1]));
      } finally {
        client.shutdown();
      }
    }
  }

  private void run(int jobs) throws IOException {
    queue.beat(List.of());
    cycle(); // loads the scripts
    long before = memory();
    fill(jobs);
    long perJob = (memory() - before) / jobs;
    for (int left = jobs; left > 0; left -= GroupCommit.MOST) {
      reference("fill", Math.min(left, GroupCommit.MOST));
    }
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      System.out.println(round(jobs, perJob));
    }
    repository.close();
  }

  private void fill(int jobs) {
    for (int left = jobs; left > 0; left -= GroupCommit.MOST) {
      repository.write(group(Math.min(left, GroupCommit.MOST)));
    }
  }

  private List<GroupCommit.Submission> group(int size) {
    var group = new ArrayList<GroupCommit.Submission>();
    for (int i = 0; i < size; i++) {
      group.add(new GroupCommit.Submission(anyJob(), null, new CompletableFuture<>()));
    }
    return group;
  }

  /**
   * A third plain, a third of ten keys, a third of ten hosts; three priorities; a tenth delayed.
   */
  private JobSpec anyJob() {
    int kind = random.nextInt(3);
    @Nullable String host = kind == 1 ? "host-" + random.nextInt(10) + ".example:443" : null;
    @Nullable String key = kind == 2 ? "key-" + random.nextInt(10) : null;
    return new JobSpec(
        "bench",
        PARAMS,
        "compute",
        host,
        key,
        new int[] {0, 5, 9}[random.nextInt(3)],
        random.nextInt(10) == 0 ? Duration.ofDays(1) : Duration.ZERO,
        null,
        Duration.ofMinutes(1),
        new RetryPolicy(3, Duration.ofSeconds(1)),
        random.nextInt(50) == 0 ? List.of("some") : List.of(),
        JobOptions.DEFAULT,
        null);
  }

  private long memory() {
    return Long.parseLong(server.info(InfoSection.MEMORY).get("used_memory"));
  }

  private void timed(String script, Runnable call) {
    double before = cpu();
    call.run();
    double took = cpu() - before;
    if (took > slowest) {
      slowest = took;
      slowestScript = script;
    }
  }

  private record Costs(double enqueue, double take, double complete) {}

  /** Microseconds of CPU that the server has used so far. */
  private double cpu() {
    var used = server.info(InfoSection.CPU);
    return 1e6
        * (Double.parseDouble(used.get("used_cpu_user"))
            + Double.parseDouble(used.get("used_cpu_sys")));
  }

  private Costs cycle() {
    double begin = cpu();
    for (int i = 0; i < CALLS; i++) {
      repository.write(group(GroupCommit.MOST));
    }
    double enqueue = cpu() - begin;
    double take = 0;
    double complete = 0;
    int done = 0;
    for (int i = 0; i < CALLS; i++) {
      begin = cpu();
      List<TakenJob> taken = queue.take("compute", SLOTS).orElseThrow();
      double between = cpu();
      queue.record(endings(taken));
      take += between - begin;
      complete += cpu() - between;
      done += taken.size();
    }
    return new Costs(enqueue / CALLS / GroupCommit.MOST, take / done, complete / done);
  }

  private static List<Recording> endings(List<TakenJob> taken) {
    return taken.stream()
        .map(job ->
            new Recording(
                job, new Ending.Succeeded(ResultBody.json(RESULT), CacheUse.BYPASS), null))
        .toList();
  }

  private void reference(String how, int jobs) {
    var args = new ArrayList<Object>(List.of(PARAMS, how));
    for (int i = 0; i < jobs; i++) {
      args.add(Integer.toString(i));
    }
    redisson
        .getScript(StringCodec.INSTANCE)
        .eval(
            RScript.Mode.READ_WRITE,
            REFERENCE,
            RScript.ReturnType.VALUE,
            List.of("{tm}:reference"),
            args.toArray());
  }

  private double reference() {
    double begin = cpu();
    for (int i = 0; i < CALLS; i++) {
      reference("run", GroupCommit.MOST);
    }
    return (cpu() - begin) / CALLS / GroupCommit.MOST;
  }

  /** Every script at its largest, for the slowest alone. */
  private void largest() {
    timed("enqueue", () -> repository.write(group(GroupCommit.MOST)));
    var taken = new ArrayList<TakenJob>();
    timed(
        "take", () -> taken.addAll(queue.take("compute", RedisJobQueue.MOST_TAKEN).orElseThrow()));
    List<Recording> endings = endings(taken);
    timed("complete", () -> queue.record(endings));
    timed("promote", queue::promote);
    timed("sweep", queue::sweep);
    timed("beat", () -> queue.beat(List.of()));
    timed("expire", queue::expire);
    timed("list", () -> repository.list(new Filter(null, null, null), 200, null));
    timed("list", () -> repository.list(new Filter(null, null, "some"), 200, null));
    timed("change", () -> repository.cancelSome(new Filter(null, null, "some"), 100, null));
    timed("change", () -> repository.retrySome(new Filter(null, null, "some"), 100, null));
    timed("probe", () -> scripts.once(RedisScripts.Script.PROBE, List.of("compute")));
  }

  private String round(int jobs, long perJob) {
    slowest = 0;
    double reference = reference();
    Costs costs = cycle();
    largest();
    while (queue.expire() > 0) {} // what has ended must not pile up
    return String.format(
        Locale.ROOT,
        """
        {"jobs":%d,"enqueue":%.2f,"take":%.2f,"complete":%.2f,"reference":%.2f,"slowest":%.0f,"slowestScript":"%s","bytes":%d}\
        """,
        jobs,
        costs.enqueue(),
        costs.take(),
        costs.complete(),
        reference,
        slowest,
        slowestScript,
        perJob);
  }
}
