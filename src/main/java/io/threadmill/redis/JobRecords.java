package io.threadmill.redis;

import io.threadmill.job.Ending;
import io.threadmill.job.JobError;
import io.threadmill.job.JobId;
import io.threadmill.job.JobOptions;
import io.threadmill.job.JobResult;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSnapshot.Attempt;
import io.threadmill.job.JobSnapshot.Membership;
import io.threadmill.job.JobSnapshot.Progress;
import io.threadmill.job.JobSnapshot.StoredResult;
import io.threadmill.job.JobSnapshot.Waiting;
import io.threadmill.job.JobSpec;
import io.threadmill.job.JobState;
import io.threadmill.job.Webhook;
import io.threadmill.job.WebhookRules;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns what the scripts answer into snapshots, and endings into what the scripts write. The
 * record's own form is known to {@code preamble.lua} and, for what a worker needs of it, to {@link
 * PackedRecord}. Thread-safe.
 *
 * <p>An outcome is {@code E} and the error; {@code J} and the JSON; or {@code B}, the media type,
 * the size and the key of the bytes, a line each. {@code J} and {@code B} are followed on their
 * line by how the cache took part and, after a tab, by the last progress, where there was one.
 */
final class JobRecords {

  /**
   * Values a job in a page of {@code list.lua}; {@code find.lua} has the params before the last.
   */
  static final int LISTED = 23;

  /** Values a job in the answers of {@code find.lua} and {@code batch_rows.lua}. */
  static final int FOUND = 24;

  /** Ends the log of a job that was handed back because an equal one leads its work. */
  private static final String FOLLOWING = "\tf\n";

  private final JsonMapper mapper;
  private final WebhookRules webhooks;

  JobRecords(JsonMapper mapper, WebhookRules webhooks) {
    this.mapper = mapper;
    this.webhooks = webhooks;
  }

  /** A job's options as the record keeps them; nothing where all of them are the defaults. */
  String options(JobSpec spec) {
    return line('H', spec.options().webhook()) + json(spec.options());
  }

  /** What a batch's rows have in common, as the batch keeps it. */
  String batchOptions(JobSpec frame) {
    Webhook webhook = frame.options().webhook();
    return line(webhook != null && webhook.each() ? 'R' : 'H', webhook) + json(frame.options());
  }

  /** The options of a row: its batch keeps the webhook, the row only says that it is told. */
  String rowOptions(JobSpec frame) {
    Webhook webhook = frame.options().webhook();
    return (webhook != null && webhook.each() ? "H \n" : "")
        + json(frame.options().withoutWebhook());
  }

  private String json(JobOptions options) {
    return options.equals(JobOptions.DEFAULT) ? "" : mapper.writeValueAsString(options);
  }

  /** What the scripts read of a webhook: who hears, of which ends, and its deliveries' key. */
  private String line(char who, @Nullable Webhook webhook) {
    if (webhook == null) {
      return "";
    }
    var ends = new StringBuilder();
    for (JobState end : webhook.events()) {
      ends.append(end.name().charAt(0));
    }
    return who + ends.toString() + " " + webhooks.keyOf(webhook) + "\n";
  }

  JobOptions options(String text) {
    boolean told = text.startsWith("H") || text.startsWith("R");
    String json = told ? text.substring(text.indexOf('\n') + 1) : text;
    return json.isEmpty() ? JobOptions.DEFAULT : mapper.readValue(json, JobOptions.class);
  }

  /** Whom a delivery that {@code find.lua} answered is for. */
  @Nullable Webhook webhook(List<Object> values, int at) {
    return options(new Row(values, at).text(21)).webhook();
  }

  /** A job whose options cannot be read is shown all the same: its error says so. */
  private @Nullable String template(String text) {
    try {
      return options(text).template();
    } catch (JacksonException _) {
      return null;
    }
  }

  String error(JobError error) {
    return mapper.writeValueAsString(error);
  }

  String progress(Progress progress) {
    return mapper.writeValueAsString(progress);
  }

  String failed(JobError error) {
    return "E" + error(error);
  }

  String inline(Ending.Succeeded done, @Nullable Progress progress, String json) {
    return "J" + use(done, progress) + "\n" + json;
  }

  private String use(Ending.Succeeded done, @Nullable Progress progress) {
    return done.cache().wireName() + (progress == null ? "" : "\t" + progress(progress));
  }

  String apart(Ending.Succeeded done, @Nullable Progress progress, String blob) {
    JobResult.ResultBody body = done.body();
    return String.join(
        "\n",
        "B" + use(done, progress),
        body.mediaType(),
        Integer.toString(body.bytes().length),
        blob);
  }

  /** A page's row, or a whole job where the values of {@code find.lua} follow. */
  JobSnapshot snapshot(List<Object> values, int at, boolean whole) {
    var row = new Row(values, at);
    JobState state =
        JobState.ofWireName(row.text(1))
            .orElseThrow(() -> new IllegalStateException("unknown state " + row.text(1)));
    String outcome = row.text(whole ? 23 : 22);
    List<Attempt> attempts = attempts(row.text(16), row.text(17), row.number(18));
    boolean running = state == JobState.RUNNING;
    return new JobSnapshot(
        new JobId(row.text(0)),
        row.text(2),
        state,
        whole ? row.text(22) : "{}",
        whole ? result(outcome) : null,
        outcome.startsWith("E") ? mapper.readValue(outcome.substring(1), JobError.class) : null,
        (int) row.number(4),
        (int) row.number(5) + (running ? 1 : 0),
        progress(row.text(20), outcome),
        cacheUse(outcome),
        (int) row.number(3),
        row.text(15).isEmpty() ? List.of() : List.of(row.text(15).split("\n", -1)),
        orNull(row.text(13)),
        template(row.text(21)),
        parent(row.text(12)),
        batch(row.text(12)),
        Instant.ofEpochMilli(row.number(6)),
        running ? instant(row.number(18)) : instant(row.number(9)),
        instant(row.number(10)),
        instant(row.number(11)),
        instant(row.number(8)),
        waiting(state, row),
        attempts);
  }

  /** A job as {@code enqueue.lua} has just written it; its answer stands from a place on. */
  JobSnapshot written(JobSpec spec, List<Object> values, int at) {
    var row = new Row(values, at);
    boolean scheduled = !row.text(3).isEmpty();
    return new JobSnapshot(
        new JobId(row.text(1)),
        spec.type(),
        scheduled ? JobState.SCHEDULED : JobState.QUEUED,
        spec.params(),
        null,
        null,
        1,
        0,
        null,
        null,
        spec.priority(),
        spec.tags(),
        spec.key(),
        spec.options().template(),
        spec.parent(),
        null,
        Instant.ofEpochMilli(row.number(2)),
        null,
        null,
        null,
        null,
        scheduled ? new Waiting("time", null, instant(row.number(3))) : heldBack(row.text(4)),
        List.of());
  }

  /** What a job belongs to: p and its parent's id, or b, its batch's id and its index. */
  private static @Nullable JobId parent(String group) {
    return group.startsWith("p") ? new JobId(group.split(" ", 3)[1]) : null;
  }

  private static @Nullable Membership batch(String group) {
    String[] part = group.split(" ", 3);
    return group.startsWith("b")
        ? new Membership(new JobId(part[1]), Integer.parseInt(part[2]))
        : null;
  }

  private record Row(List<Object> values, int at) {
    String text(int i) {
      return String.valueOf(values.get(at + i));
    }

    long number(int i) {
      return Long.parseLong(text(i));
    }
  }

  private static @Nullable Instant instant(long millis) {
    return millis == 0 ? null : Instant.ofEpochMilli(millis);
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static JobResult.@Nullable CacheUse cacheUse(String outcome) {
    String[] use = use(outcome);
    return use.length == 0 ? null : JobResult.CacheUse.ofWireName(use[0]);
  }

  /** How the cache took part in a success, then its last progress; nothing of another outcome. */
  private static String[] use(String outcome) {
    return outcome.startsWith("J") || outcome.startsWith("B")
        ? outcome.substring(1, outcome.indexOf('\n')).split("\t", 2)
        : new String[0];
  }

  private @Nullable Progress progress(String running, String outcome) {
    String[] use = use(outcome);
    String text = use.length == 2 ? use[1] : running;
    return text.isEmpty() ? null : mapper.readValue(text, Progress.class);
  }

  private static @Nullable StoredResult result(String outcome) {
    if (outcome.startsWith("J")) {
      String json = outcome.substring(outcome.indexOf('\n') + 1);
      return new StoredResult(
          "application/json", json.getBytes(StandardCharsets.UTF_8).length, json, null);
    }
    if (outcome.startsWith("B")) {
      String[] lines = outcome.split("\n", 4);
      return new StoredResult(lines[1], Long.parseLong(lines[2]), null, lines[3]);
    }
    return null;
  }

  private List<Attempt> attempts(String log, String runningOn, long runningSince) {
    var attempts = new ArrayList<Attempt>();
    int last = 0;
    for (String line : log.split("\n", -1)) {
      if (line.isEmpty()) {
        continue;
      }
      String[] field = line.split("\t", 7);
      last = Integer.parseInt(field[0]);
      attempts.add(
          new Attempt(
              last,
              field[1],
              Instant.ofEpochMilli(Long.parseLong(field[2])),
              Instant.ofEpochMilli(Long.parseLong(field[3])),
              field[4],
              field[6].startsWith("{") ? mapper.readValue(field[6], JobError.class) : null));
    }
    if (!runningOn.isEmpty()) {
      attempts.add(
          new Attempt(last + 1, runningOn, Instant.ofEpochMilli(runningSince), null, null, null));
    }
    return List.copyOf(attempts);
  }

  /** {@code find.lua} says why a queued job waits: cause, limit and until when, a line each. */
  private static @Nullable Waiting waiting(JobState state, Row row) {
    return switch (state) {
      case SCHEDULED ->
          new Waiting(
              "time",
              row.text(16).endsWith(FOLLOWING) ? "an equal job is under way" : null,
              instant(row.number(7)));
      case QUEUED -> heldBack(row.text(19));
      case RUNNING, SUCCEEDED, FAILED, CANCELLED -> null;
    };
  }

  private static Waiting heldBack(String reason) {
    if (reason.isEmpty()) {
      return new Waiting("slot", null, null);
    }
    String[] why = reason.split("\n", 3);
    String name = why[1].isEmpty() ? "" : why[1].substring(2);
    return switch (why[0]) {
      case "children" -> new Waiting("children", "its children have not all ended", null);
      case "key", "host" -> new Waiting(why[0], name + " is at its limit of " + why[2], null);
      case "time" ->
          new Waiting(
              why[1].startsWith("k:") ? "key" : "host",
              name + " is held back",
              instant(Long.parseLong(why[2])));
      default -> new Waiting("slot", null, null);
    };
  }
}
