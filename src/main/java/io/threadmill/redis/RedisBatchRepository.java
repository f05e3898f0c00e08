package io.threadmill.redis;

import io.threadmill.batch.Batch;
import io.threadmill.batch.BatchRepository;
import io.threadmill.job.BacklogFull;
import io.threadmill.job.IdempotencyConflict;
import io.threadmill.job.JobId;
import io.threadmill.job.JobLimits;
import io.threadmill.job.JobRepository.ChangeAnswer;
import io.threadmill.job.JobRepository.Idempotency;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSpec;
import io.threadmill.job.JobState;
import io.threadmill.redis.RedisScripts.Script;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Batches by the scripts {@code batch_*}. Thread-safe. */
final class RedisBatchRepository implements BatchRepository {

  /** A batch to which no rows came for this long was cut off, or its instance died. */
  private static final Duration SILENCE = Duration.ofMinutes(2);

  /** Of records in one answer. */
  private static final int MOST_BYTES = 256 * 1024;

  private static final Duration PAUSE = Duration.ofSeconds(5);

  /** Values a batch in the answers of {@code batch_find.lua} and {@code batch_list.lua}. */
  private static final int FOUND = 18;

  /** The states in the order in which the scripts count them. */
  private static final List<JobState> COUNTED =
      List.of(
          JobState.SCHEDULED,
          JobState.QUEUED,
          JobState.RUNNING,
          JobState.SUCCEEDED,
          JobState.FAILED,
          JobState.CANCELLED);

  private final RedisScripts scripts;
  private final RedisJobRepository jobs;
  private final JobRecords records;
  private final ApartResults results;
  private final QueueBudget budget;
  private final String ttl;

  RedisBatchRepository(
      RedisScripts scripts,
      RedisJobRepository jobs,
      JobRecords records,
      ApartResults results,
      QueueBudget budget,
      ResultProperties result) {
    this.scripts = scripts;
    this.jobs = jobs;
    this.records = records;
    this.results = results;
    this.budget = budget;
    this.ttl = millis(result.ttl());
  }

  private static String millis(Duration duration) {
    return Long.toString(duration.toMillis());
  }

  @Override
  public Opened open(JobSpec frame, boolean atomic, @Nullable Idempotency idempotency) {
    String template = frame.options().template();
    String answer =
        scripts.onceText(
            Script.BATCH_OPEN,
            List.of(
                jobs.randomDigits(),
                frame.type(),
                template == null ? "" : template,
                atomic ? "1" : "0",
                ttl,
                millis(SILENCE),
                records.batchOptions(frame),
                idempotency == null ? "" : RedisJobRepository.digest(idempotency),
                idempotency == null ? "" : idempotency.fingerprint(),
                millis(JobLimits.IDEMPOTENCY_TTL),
                Long.toString(budget.jobs()),
                Long.toString(budget.bytes())));
    return switch (answer.charAt(0)) {
      case 'N' -> new Opened(new JobId(answer.substring(1)), false);
      case 'R' -> new Opened(new JobId(answer.substring(1)), true);
      case 'X' -> throw new IdempotencyConflict();
      default -> throw full();
    };
  }

  private static BacklogFull full() {
    return new BacklogFull("the backlog is full", PAUSE);
  }

  @Override
  public Appended append(JobId batch, JobSpec frame, int chunk, List<Row> rows) {
    var args =
        new ArrayList<Object>(
            List.of(
                batch.value(),
                Integer.toString(chunk),
                millis(SILENCE),
                Long.toString(budget.jobs()),
                Long.toString(budget.bytes()),
                jobs.randomDigits(),
                frame.type(),
                RedisJobRepository.orEmpty(frame.key()),
                String.join("\n", frame.tags()),
                Integer.toString(frame.priority()),
                millis(frame.delay()),
                RedisJobRepository.runAt(frame),
                millis(frame.timeout()),
                Integer.toString(frame.retry().attempts()),
                millis(frame.retry().backoff()),
                records.rowOptions(frame)));
    for (Row row : rows) {
      switch (row) {
        case ValidRow(JobSpec spec) -> {
          args.add(spec.pool());
          args.add(RedisJobRepository.orEmpty(spec.host()));
          args.add(spec.params());
          args.add("");
        }
        case InvalidRow invalid -> {
          args.add("");
          args.add("");
          args.add(invalid.params());
          args.add(records.failed(invalid.error()));
        }
      }
    }
    return switch (scripts.repeatedText(Script.BATCH_APPEND, args)) {
      case "K" -> Appended.RUNNABLE;
      case "C" -> Appended.CANCELLED;
      case "X" -> Appended.CUT_OFF;
      default -> throw full();
    };
  }

  @Override
  public boolean close(JobId batch, Close how) {
    return scripts
        .repeatedText(
            Script.BATCH_CLOSE, List.of(batch.value(), how.name().toLowerCase(Locale.ROOT)))
        .equals("K");
  }

  @Override
  public Optional<Batch> find(JobId id) {
    List<Object> values = scripts.once(Script.BATCH_FIND, List.of(id.value()));
    return values.isEmpty() ? Optional.empty() : Optional.of(batch(values, 0));
  }

  private static Batch batch(List<Object> values, int at) {
    var counts = new EnumMap<JobState, Long>(JobState.class);
    for (int i = 0; i < COUNTED.size(); i++) {
      counts.put(COUNTED.get(i), number(values, at + 11 + i));
    }
    String template = (String) values.get(at + 2);
    return new Batch(
        new JobId((String) values.get(at)),
        (String) values.get(at + 1),
        template.isEmpty() ? null : template,
        state(number(values, at + 6) == 1, number(values, at + 7) == 1, number(values, at + 4) > 0),
        number(values, at + 9),
        counts,
        number(values, at + 8) == 1,
        Instant.ofEpochMilli(number(values, at + 3)),
        instant(number(values, at + 4)),
        instant(number(values, at + 5)),
        number(values, at + 10),
        deliveries((String) values.get(at + 17)));
  }

  private static List<JobId> deliveries(String ids) {
    return ids.isEmpty() ? List.of() : Arrays.stream(ids.split(" ")).map(JobId::new).toList();
  }

  private static Batch.State state(boolean open, boolean cancelled, boolean finished) {
    if (finished) {
      return cancelled ? Batch.State.CANCELLED : Batch.State.FINISHED;
    }
    if (cancelled) {
      return Batch.State.CANCELLING;
    }
    return open ? Batch.State.OPEN : Batch.State.RUNNING;
  }

  private static long number(List<Object> values, int at) {
    return Long.parseLong(String.valueOf(values.get(at)));
  }

  private static @Nullable Instant instant(long millis) {
    return millis == 0 ? null : Instant.ofEpochMilli(millis);
  }

  @Override
  public Page list(int limit, @Nullable String cursor) {
    List<Object> values =
        scripts.once(
            Script.BATCH_LIST, List.of(cursor == null ? "" : cursor, Integer.toString(limit)));
    String next = (String) values.getFirst();
    var found = new ArrayList<Batch>();
    for (int at = 1; at < values.size(); at += FOUND) {
      found.add(batch(values, at));
    }
    return new Page(found, next.isEmpty() ? null : next);
  }

  @Override
  public ChangeAnswer cancel(JobId id) {
    return change(id, "cancel");
  }

  @Override
  public ChangeAnswer retry(JobId id) {
    return change(id, "retry");
  }

  @Override
  public ChangeAnswer delete(JobId id) {
    return change(id, "delete");
  }

  private ChangeAnswer change(JobId id, String what) {
    return switch (scripts.onceText(Script.BATCH_CHANGE, List.of(id.value(), what))) {
      case "K", "C" -> ChangeAnswer.CHANGED;
      case "X" -> ChangeAnswer.CONFLICT;
      default -> ChangeAnswer.NOT_FOUND;
    };
  }

  @Override
  public Optional<Rows> rows(JobId batch, Order order, long from, int most, Detail detail) {
    boolean whole = detail == Detail.WHOLE;
    List<Object> values =
        scripts.once(
            Script.BATCH_ROWS,
            List.of(
                batch.value(),
                order == Order.COMPLETED ? "bd" : "bi",
                Long.toString(from),
                Integer.toString(most),
                Integer.toString(MOST_BYTES),
                whole ? "1" : "0"));
    if (values.isEmpty()) {
      return Optional.empty();
    }
    var rows = new ArrayList<Positioned>();
    int size = whole ? JobRecords.FOUND : JobRecords.LISTED;
    for (int at = 1; at < values.size(); at += 1 + size) {
      rows.add(new Positioned(number(values, at), records.snapshot(values, at + 1, whole)));
    }
    return Optional.of(new Rows(rows, number(values, 0)));
  }

  @Override
  public Optional<JobSnapshot> filled(JobSnapshot row) {
    return results.filledIfKept(row);
  }
}
