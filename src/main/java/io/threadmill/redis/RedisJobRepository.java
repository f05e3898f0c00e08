package io.threadmill.redis;

import io.threadmill.job.BacklogFull;
import io.threadmill.job.Instance;
import io.threadmill.job.JobId;
import io.threadmill.job.JobLimits;
import io.threadmill.job.JobRepository;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSnapshot.StoredResult;
import io.threadmill.job.JobSpec;
import io.threadmill.job.JobState;
import io.threadmill.job.LeaseLost;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.TakenJob;
import io.threadmill.job.Ticker;
import io.threadmill.redis.RedisScripts.Script;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisException;
import org.redisson.client.codec.StringCodec;

/** The client's side of the store. Thread-safe. */
final class RedisJobRepository implements JobRepository, AutoCloseable {

  private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

  /** Jobs looked at in one call of a script: a few milliseconds of Redis's time. */
  private static final int MOST_LISTED = 200;

  private static final int MOST_LOOKED_AT = 300;
  private static final int MOST_CHANGED = 50;

  /** A filter that matches little is walked this far for one page; the next goes on from there. */
  private static final int MOST_SCANS = 10;

  /** Values a job in the answer of {@code enqueue.lua}. */
  private static final int ENQUEUED = 5;

  private static final Duration BACKLOG_PAUSE = Duration.ofSeconds(5);

  private final RedissonClient redisson;
  private final RedisScripts scripts;
  private final JobRecords records;
  private final ApartResults results;
  private final Instance instance;
  private final QueueBudget budget;
  private final String ttl;
  private final RandomGenerator random;
  private final GroupCommit single;

  RedisJobRepository(
      RedissonClient redisson,
      RedisScripts scripts,
      JobRecords records,
      ApartResults results,
      Instance instance,
      QueueBudget budget,
      ResultProperties result,
      RandomGenerator random,
      Ticker ticker) {
    this.redisson = redisson;
    this.scripts = scripts;
    this.records = records;
    this.results = results;
    this.instance = instance;
    this.budget = budget;
    this.ttl = Long.toString(result.ttl().toMillis());
    this.random = random;
    this.single = new GroupCommit(this::write, scripts.patience(), ticker);
  }

  @Override
  public Enqueued enqueue(JobSpec spec, @Nullable Idempotency idempotency) {
    return single.submit(spec, idempotency);
  }

  /** Writes what has gathered. */
  List<GroupCommit.Answer> write(List<GroupCommit.Submission> group) {
    List<Object> args = head(false, null);
    for (GroupCommit.Submission submission : group) {
      add(args, submission.spec(), submission.idempotency());
    }
    List<Object> told = scripts.once(Script.ENQUEUE, args);
    var answers = new ArrayList<GroupCommit.Answer>(group.size());
    for (int i = 0; i < group.size(); i++) {
      String code = (String) told.get(i * ENQUEUED);
      String id = (String) told.get(i * ENQUEUED + 1);
      answers.add(
          new GroupCommit.Answer(
              code,
              switch (code) {
                case "N" ->
                    new Enqueued(
                        new JobId(id), records.written(group.get(i).spec(), told, i * ENQUEUED));
                case "R" -> new Enqueued(new JobId(id), null);
                default -> null;
              }));
    }
    return answers;
  }

  @Override
  public List<JobId> spawn(TakenJob spawner, List<JobSpec> children) {
    var ids = new ArrayList<JobId>(children.size());
    if (children.isEmpty()) {
      return ids;
    }
    if (children.size() > JobLimits.MAX_IDS_PER_CALL) {
      throw new IllegalArgumentException(
          "at most %d children can be spawned at once".formatted(JobLimits.MAX_IDS_PER_CALL));
    }
    long chars = children.stream().mapToLong(child -> child.params().length()).sum();
    if (children.size() > 1 && chars > JobLimits.MAX_BYTES_PER_CALL) {
      throw new IllegalArgumentException(
          "at most %d bytes of children's params can be spawned at once"
              .formatted(JobLimits.MAX_BYTES_PER_CALL));
    }
    List<Object> args = head(true, spawner);
    children.forEach(child -> add(args, child, null));
    List<Object> answers = scripts.once(Script.ENQUEUE, args);
    for (int i = 0; i < answers.size(); i += ENQUEUED) {
      switch ((String) answers.get(i)) {
        case "N" -> ids.add(new JobId((String) answers.get(i + 1)));
        case "L" -> throw new LeaseLost(spawner.id());
        default -> {
          if (spawned(spawner) + children.size() > JobLimits.MAX_CHILDREN) {
            throw new IllegalStateException(
                "at most %d children can be spawned in all".formatted(JobLimits.MAX_CHILDREN));
          }
          throw new BacklogFull("no room for more children", BACKLOG_PAUSE);
        }
      }
    }
    return ids;
  }

  /** How many children a job has. */
  private int spawned(TakenJob spawner) {
    try {
      String total =
          redisson
              .<String, String>getMap(
                  RedisScripts.PREFIX + "g:" + spawner.id(), StringCodec.INSTANCE)
              .get("total");
      return total == null ? 0 : Integer.parseInt(total);
    } catch (RedisException away) {
      throw new StoreUnavailable("Redis did not answer", away);
    }
  }

  private List<Object> head(boolean allOrNone, @Nullable TakenJob spawner) {
    return new ArrayList<>(
        List.of(
            Long.toString(budget.jobs()),
            Long.toString(budget.bytes()),
            allOrNone ? "1" : "0",
            instance.name(),
            spawner == null ? "" : spawner.id().value(),
            spawner == null ? "" : spawner.lease(),
            Integer.toString(JobLimits.MAX_CHILDREN),
            Long.toString(JobLimits.IDEMPOTENCY_TTL.toMillis())));
  }

  private void add(List<Object> args, JobSpec spec, @Nullable Idempotency idempotency) {
    args.addAll(
        List.of(
            spec.type(),
            spec.pool(),
            orEmpty(spec.key()),
            orEmpty(spec.host()),
            String.join("\n", spec.tags()),
            Integer.toString(spec.priority()),
            Long.toString(spec.delay().toMillis()),
            runAt(spec),
            Long.toString(spec.timeout().toMillis()),
            Integer.toString(spec.retry().attempts()),
            Long.toString(spec.retry().backoff().toMillis()),
            spec.params(),
            idempotency == null ? "" : digest(idempotency),
            idempotency == null ? "" : idempotency.fingerprint(),
            randomDigits(),
            records.options(spec)));
  }

  static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  String randomDigits() {
    var digits = new StringBuilder(8);
    for (int i = 0; i < 8; i++) {
      digits.append(DIGITS.charAt(random.nextInt(32)));
    }
    return digits.toString();
  }

  static String runAt(JobSpec spec) {
    return spec.runAt() == null ? "0" : Long.toString(Math.max(1, spec.runAt().toEpochMilli()));
  }

  /** What stands in Redis for a key. */
  static String digest(Idempotency idempotency) {
    String text = idempotency.scope() + "\n" + idempotency.key();
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public Optional<JobSnapshot> find(JobId id) {
    return find(id, scripts.patience());
  }

  @Override
  public Optional<JobSnapshot> find(JobId id, Duration limit) {
    List<Object> values = scripts.once(Script.FIND, List.of(id.value()), limit);
    if (values.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(results.filled(records.snapshot(values, 0, true)));
  }

  @Override
  public Optional<byte[]> resultBytes(JobSnapshot job) {
    StoredResult result = job.result();
    if (result == null) {
      return Optional.empty();
    }
    if (result.json() != null) {
      return Optional.of(result.json().getBytes(StandardCharsets.UTF_8));
    }
    return result.blob() == null
        ? Optional.empty()
        : Optional.ofNullable(results.read(result.blob()));
  }

  private static String index(Filter filter) {
    return filter.tag() != null
        ? "g:" + filter.tag()
        : filter.type() != null ? "t:" + filter.type() : "all";
  }

  private static String state(Filter filter) {
    return filter.state() == null ? "" : filter.state().wireName();
  }

  @Override
  public Page list(Filter filter, int limit, @Nullable String cursor) {
    var jobs = new ArrayList<JobSnapshot>();
    String below = cursor == null ? "" : cursor;
    for (int scan = 0; scan < MOST_SCANS && jobs.size() < limit; scan++) {
      List<Object> values =
          scripts.once(
              Script.LIST,
              List.of(
                  index(filter),
                  below,
                  Integer.toString(Math.min(MOST_LISTED, limit - jobs.size())),
                  state(filter),
                  orEmpty(filter.type())));
      for (int at = 1; at < values.size(); at += JobRecords.LISTED) {
        jobs.add(records.snapshot(values, at, false));
      }
      below = (String) values.getFirst();
      if (below.isEmpty()) {
        return new Page(jobs, null);
      }
    }
    return new Page(jobs, below);
  }

  @Override
  public Map<String, Map<JobState, Long>> counts() {
    var counts = new TreeMap<String, Map<JobState, Long>>();
    try {
      Map<String, String> fields =
          Answers.within(
              scripts.patience(),
              redisson
                  .<String, String>getMap(RedisScripts.PREFIX + "cnt", StringCodec.INSTANCE)
                  .readAllMapAsync());
      fields.forEach((field, value) -> {
        int bar = field.lastIndexOf('|');
        if (bar > 0) {
          JobState.ofWireName(field.substring(bar + 1))
              .ifPresent(state ->
                  counts
                      .computeIfAbsent(field.substring(0, bar), _ -> new EnumMap<>(JobState.class))
                      .put(state, Long.parseLong(value)));
        }
      });
      return counts;
    } catch (RedisException away) {
      throw new StoreUnavailable("Redis did not answer", away);
    }
  }

  @Override
  public CancelAnswer cancel(JobId id) {
    return switch (scripts.onceText(Script.CANCEL, List.of(id.value(), ttl))) {
      case "C" -> CancelAnswer.CANCELLED;
      case "Q" -> CancelAnswer.REQUESTED;
      case "F" -> CancelAnswer.FINISHED;
      default -> CancelAnswer.NOT_FOUND;
    };
  }

  @Override
  public ChangeAnswer retry(JobId id) {
    return change(Script.REQUEUE, id);
  }

  @Override
  public ChangeAnswer delete(JobId id) {
    return change(Script.DELETE, id);
  }

  private ChangeAnswer change(Script script, JobId id) {
    return switch (scripts.onceText(script, List.of(id.value()))) {
      case "K" -> ChangeAnswer.CHANGED;
      case "X" -> ChangeAnswer.CONFLICT;
      default -> ChangeAnswer.NOT_FOUND;
    };
  }

  @Override
  public Changed cancelSome(Filter filter, int limit, @Nullable String cursor) {
    return changeSome("c", filter, limit, cursor);
  }

  @Override
  public Changed retrySome(Filter filter, int limit, @Nullable String cursor) {
    return changeSome("r", filter, limit, cursor);
  }

  private Changed changeSome(String how, Filter filter, int limit, @Nullable String cursor) {
    List<Object> answer =
        scripts.once(
            Script.CHANGE,
            List.of(
                how,
                index(filter),
                orEmpty(cursor),
                Integer.toString(MOST_LOOKED_AT),
                Integer.toString(Math.min(MOST_CHANGED, limit)),
                state(filter),
                orEmpty(filter.type()),
                ttl));
    String last = (String) answer.get(1);
    return new Changed(((Long) answer.get(0)).intValue(), last.isEmpty() ? null : last);
  }

  @Override
  public List<JobSnapshot> endedChildren(JobId parent, int limit) {
    try {
      List<String> ids =
          redisson
              .<String>getList(RedisScripts.PREFIX + "gd:" + parent, StringCodec.INSTANCE)
              .range(0, limit - 1);
      return ids.stream().map(JobId::new).map(this::find).flatMap(Optional::stream).toList();
    } catch (RedisException away) {
      throw new StoreUnavailable("Redis did not answer", away);
    }
  }

  @Override
  public void close() {
    single.close();
  }
}
