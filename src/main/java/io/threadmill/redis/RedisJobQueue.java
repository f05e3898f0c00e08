package io.threadmill.redis;

import io.threadmill.job.Ending;
import io.threadmill.job.HostProperties;
import io.threadmill.job.Instance;
import io.threadmill.job.JobError;
import io.threadmill.job.JobId;
import io.threadmill.job.JobLimits;
import io.threadmill.job.JobOptions;
import io.threadmill.job.JobQueue;
import io.threadmill.job.LeaseLost;
import io.threadmill.job.RetryPolicy;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.TakenJob;
import io.threadmill.redis.RedisScripts.Script;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisException;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.client.codec.StringCodec;

/** The worker's side of the store. Thread-safe. */
final class RedisJobQueue implements JobQueue {

  /** Jobs in one take, and in one sweep: some milliseconds of Redis's time at most. */
  static final int MOST_TAKEN = 128;

  private static final int MOST_SWEPT = 200;

  /** A JSON result up to this size stands in the record; what is larger is written beforehand. */
  private static final int MOST_INLINE = 64 * 1024;

  /** How long a result written beforehand waits for the ending that points to it. */
  private static final Duration BLOB_PATIENCE = Duration.ofMinutes(10);

  /** Endings in one call. */
  private static final int MOST_RECORDED = 128;

  /** Bytes of results in one call. */
  private static final int MOST_BYTES = 256 * 1024;

  /** A limit to be looked at within this is told of at once. */
  private static final Duration SOON = Duration.ofSeconds(1);

  /** A stopping instance waits no longer than this for Redis; its lease runs out by itself. */
  private static final Duration LAST_CALL = Duration.ofSeconds(3);

  /** What was taken longer ago than this and is not named in a beat was never received. */
  private static final Duration UNCLAIMED = Duration.ofSeconds(8);

  private static final JobError WORKER_LOST =
      JobError.terminal(
          "worker-lost",
          "The workers that ran this job were lost",
          "The instance died or froze in %d attempts of this run, which were not counted as failures."
              .formatted(JobLimits.MAX_LOST_RUNS));

  private final RedissonClient redisson;
  private final RedisScripts scripts;
  private final JobRecords records;
  private final String instance;
  private final QueueProperties queue;
  private final String ttl;
  private final HostProperties host;
  private final RandomGenerator random;
  private final Runnable onBeat;
  private volatile Runnable sooner = () -> {};

  RedisJobQueue(
      RedissonClient redisson,
      RedisScripts scripts,
      JobRecords records,
      Instance instance,
      QueueProperties queue,
      ResultProperties result,
      HostProperties host,
      RandomGenerator random,
      Runnable onBeat) {
    this.redisson = redisson;
    this.scripts = scripts;
    this.records = records;
    this.instance = instance.name();
    this.queue = queue;
    this.ttl = millis(result.ttl());
    this.host = host;
    this.random = random;
    this.onBeat = onBeat;
  }

  private static String millis(Duration duration) {
    return Long.toString(duration.toMillis());
  }

  @Override
  public Optional<List<TakenJob>> take(String pool, int slots) {
    String nonce = "%016x".formatted(random.nextLong());
    List<Object> args =
        List.of(
            instance,
            pool,
            Integer.toString(Math.min(slots, MOST_TAKEN)),
            nonce,
            nonce,
            RedisLimiter.concurrency(host),
            RedisLimiter.interval(host),
            Integer.toString(queue.ageing()));
    List<byte[]> values = scripts.repeatedBytes(Script.TAKE, args);
    if (text(values.getFirst()).equals("U")) { // the lease ran out, or Redis was emptied
      return Optional.empty();
    }
    String look = text(values.getFirst());
    if (!look.isEmpty() && Long.parseLong(look) < SOON.toMillis()) {
      sooner.run();
    }
    Instant startedAt = Instant.ofEpochMilli(Long.parseLong(text(values.get(1))));
    var taken = new ArrayList<TakenJob>();
    for (int at = 2; at + 2 < values.size(); at += 3) {
      taken.add(
          job(
              new JobId(text(values.get(at))),
              text(values.get(at + 1)),
              PackedRecord.of(values.get(at + 2)),
              startedAt));
    }
    return Optional.of(taken);
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.UTF_8);
  }

  @Override
  public void onSooner(Runnable wake) {
    sooner = wake;
  }

  private TakenJob job(JobId id, String lease, PackedRecord record, Instant startedAt) {
    JobOptions options = records.options(record.options());
    return new TakenJob(
        id,
        lease,
        record.type(),
        record.params(),
        record.pool(),
        record.host().isEmpty() ? null : record.host(),
        record.key().isEmpty() ? null : record.key(),
        record.run(),
        record.starts() + 1,
        record.fails(),
        new RetryPolicy(record.maxAttempts(), record.backoff()),
        record.timeout(),
        options.cache(),
        options.caller(),
        record.joined(),
        record.wantedSince(),
        record.createdAt(),
        record.dueAt(),
        startedAt);
  }

  private static long number(List<Object> values, int at) {
    return Long.parseLong(String.valueOf(values.get(at)));
  }

  @Override
  public void awaitWork(String pool, Duration limit) throws InterruptedException {
    try {
      // The pop is a hint only: a marker lost with a connection is set again by the next enqueue.
      redisson
          .<String>getBlockingQueue(RedisScripts.PREFIX + "wake:" + pool, StringCodec.INSTANCE)
          .poll(Math.max(1, limit.toSeconds()), TimeUnit.SECONDS);
    } catch (RedisException away) {
      throw new StoreUnavailable("Redis did not answer", away);
    }
  }

  @Override
  public List<Verdict> record(List<Recording> endings) {
    var verdicts = new Verdict[endings.size()];
    for (Script script : List.of(Script.COMPLETE, Script.FAIL, Script.RELEASE)) {
      var slice = new ArrayList<Integer>();
      int bytes = 0;
      for (int i = 0; i < endings.size(); i++) {
        if (script(endings.get(i).ending()) == script) {
          int size = size(endings.get(i).ending());
          if (slice.size() == MOST_RECORDED || bytes + size > MOST_BYTES) {
            record(script, endings, slice, verdicts);
            slice.clear();
            bytes = 0;
          }
          slice.add(i);
          bytes += size;
        }
      }
      record(script, endings, slice, verdicts);
    }
    return List.of(verdicts);
  }

  /** What an ending brings into its call, about. */
  private static int size(Ending ending) {
    return ending instanceof Ending.Succeeded done && !isApart(done)
        ? done.body().bytes().length
        : 0;
  }

  private static Script script(Ending ending) {
    return switch (ending) {
      case Ending.Succeeded _, Ending.Failed _, Ending.Cancelled _ -> Script.COMPLETE;
      case Ending.Retried _ -> Script.FAIL;
      case Ending.Released _, Ending.Awaiting _, Ending.Joining _ -> Script.RELEASE;
    };
  }

  private void record(
      Script script, List<Recording> endings, List<Integer> slice, Verdict[] verdicts) {
    if (slice.isEmpty()) {
      return;
    }
    var args = new ArrayList<Object>(List.of(instance, ttl));
    for (int i : slice) {
      Recording recording = endings.get(i);
      args.add(recording.job().id().value());
      args.add(recording.job().lease());
      args.addAll(arguments(recording));
    }
    List<Object> answers = scripts.repeated(script, args);
    for (int i = 0; i < slice.size(); i++) {
      verdicts[slice.get(i)] = verdict((String) answers.get(i));
      Recording recording = endings.get(slice.get(i));
      if (verdicts[slice.get(i)] == Verdict.REFUSED
          && recording.ending() instanceof Ending.Succeeded done
          && isApart(done)) {
        dropBlob(recording.job());
      }
    }
  }

  private static Verdict verdict(String code) {
    return switch (code) {
      case "K" -> Verdict.RECORDED;
      case "A" -> Verdict.ALREADY_RECORDED;
      default -> Verdict.REFUSED;
    };
  }

  private List<String> arguments(Recording recording) {
    return switch (recording.ending()) {
      case Ending.Succeeded done -> List.of("S", outcome(recording, done), "");
      case Ending.Failed(JobError error) ->
          List.of("F", records.failed(error), records.error(error));
      case Ending.Cancelled _ -> List.of("C", "", "");
      case Ending.Retried(JobError error, Duration after) ->
          List.of(records.error(error), millis(after));
      case Ending.Released(Duration after) -> List.of(millis(after));
      case Ending.Awaiting _ -> List.of("w");
      case Ending.Joining(String work) -> List.of("f" + work);
    };
  }

  private static boolean isApart(Ending.Succeeded done) {
    return !done.body().isJson() || done.body().bytes().length > MOST_INLINE;
  }

  private static String blobKey(TakenJob job) {
    return RedisScripts.PREFIX + "o:" + job.id() + ":" + job.lease();
  }

  private String outcome(Recording recording, Ending.Succeeded done) {
    TakenJob job = recording.job();
    if (!isApart(done)) {
      return records.inline(
          done, recording.progress(), new String(done.body().bytes(), StandardCharsets.UTF_8));
    }
    try {
      redisson
          .<byte[]>getBucket(blobKey(job), ByteArrayCodec.INSTANCE)
          .set(done.body().bytes(), BLOB_PATIENCE);
    } catch (RedisException away) {
      throw new StoreUnavailable("Redis did not take the result", away);
    }
    return records.apart(done, recording.progress(), blobKey(job));
  }

  private void dropBlob(TakenJob job) {
    try {
      redisson.getBucket(blobKey(job), ByteArrayCodec.INSTANCE).delete();
    } catch (RedisException _) {
      // It expires by itself.
    }
  }

  @Override
  public void progress(List<ProgressNote> notes) {
    var args = new ArrayList<Object>(List.of(instance));
    for (ProgressNote note : notes) {
      args.add(note.job().id().value());
      args.add(note.job().lease());
      args.add(records.progress(note.progress()));
    }
    scripts.repeatedText(Script.PROGRESS, args);
  }

  @Override
  public List<TakenJob> beat(Collection<TakenJob> held) {
    var args =
        new ArrayList<Object>(List.of(instance, millis(queue.lease()), millis(UNCLAIMED), ttl));
    for (TakenJob job : held) {
      args.add(job.id().value());
      args.add(job.lease());
    }
    var gone = new HashSet<Object>(scripts.repeated(Script.BEAT, args));
    onBeat.run();
    return held.stream().filter(job -> gone.contains(job.id().value())).toList();
  }

  @Override
  public List<JobId> cancellations() {
    try {
      return redisson
          .<String>getSet(RedisScripts.PREFIX + "cx:" + instance, StringCodec.INSTANCE)
          .readAll()
          .stream()
          .map(JobId::new)
          .toList();
    } catch (RedisException away) {
      throw new StoreUnavailable("Redis did not answer", away);
    }
  }

  @Override
  public Optional<Duration> promote() {
    long next =
        scripts.repeatedNumber(
            Script.PROMOTE,
            List.of(
                Integer.toString(MOST_SWEPT),
                RedisLimiter.concurrency(host),
                RedisLimiter.interval(host)));
    long more =
        scripts.repeatedNumber(Script.BATCH_WALK, List.of(Integer.toString(MOST_SWEPT), ttl));
    if (more > 0) {
      return Optional.of(Duration.ZERO);
    }
    return next < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(next));
  }

  @Override
  public int sweep() {
    List<Object> answer =
        scripts.repeated(
            Script.SWEEP,
            List.of(
                Integer.toString(MOST_SWEPT),
                Integer.toString(JobLimits.MAX_LOST_RUNS),
                records.failed(WORKER_LOST),
                ttl,
                instance,
                millis(queue.lease())));
    return (int) number(answer, 0);
  }

  @Override
  public int expire() {
    return (int) scripts.repeatedNumber(Script.EXPIRE, List.of(Integer.toString(MOST_SWEPT)));
  }

  @Override
  public void deregister() {
    // Bounded by what an instance can hold; each call gives back up to MOST_SWEPT.
    for (int round = 0; round < 100; round++) {
      long left =
          scripts.repeatedNumber(
              Script.DEREGISTER, List.of(instance, Integer.toString(MOST_SWEPT), ttl), LAST_CALL);
      if (left == 0) {
        return;
      }
    }
  }

  @Override
  public boolean lead(TakenJob job, String work) {
    return switch (scripts.onceText(
        Script.LEAD, List.of(instance, job.id().value(), job.lease(), work))) {
      case "L" -> true;
      case "F" -> false;
      default -> throw new LeaseLost(job.id());
    };
  }

  @Override
  public void checkpoint(TakenJob job, byte[] state) {
    String text = Base64.getEncoder().encodeToString(state);
    String answer =
        scripts.repeatedText(
            Script.CHECKPOINT, List.of(instance, job.id().value(), job.lease(), text));
    if (!"K".equals(answer)) {
      throw new LeaseLost(job.id());
    }
  }

  @Override
  public Optional<byte[]> lastCheckpoint(TakenJob job) {
    try {
      String text =
          redisson
              .<String>getBucket(RedisScripts.PREFIX + "c:" + job.id(), StringCodec.INSTANCE)
              .get();
      return Optional.ofNullable(text).map(Base64.getDecoder()::decode);
    } catch (RedisException away) {
      throw new StoreUnavailable("Redis did not answer", away);
    }
  }
}
