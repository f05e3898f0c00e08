package io.threadmill.redis;

import io.threadmill.events.EventLog;
import io.threadmill.events.JobEvent;
import io.threadmill.job.JobId;
import io.threadmill.job.JobState;
import io.threadmill.job.StoreUnavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.redisson.api.RStream;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.PlainOptions;
import org.redisson.api.stream.StreamMessageId;
import org.redisson.api.stream.StreamReadArgs;
import org.redisson.client.RedisException;
import org.redisson.client.codec.StringCodec;

/** The event log as a Redis stream, which the scripts write and trim. Thread-safe. */
final class RedisEventLog implements EventLog {

  private static final String NAME = RedisScripts.PREFIX + "ev";

  private final RStream<String, String> stream;

  /** Asked on behalf of a client, who would rather hear that Redis is away than wait. */
  private final RStream<String, String> once;

  RedisEventLog(RedissonClient redisson) {
    stream = redisson.getStream(NAME, StringCodec.INSTANCE);
    once =
        redisson.getStream(
            PlainOptions.name(NAME)
                .codec(StringCodec.INSTANCE)
                .retryAttempts(0)
                .timeout(RedisScripts.ONCE));
  }

  @Override
  public List<JobEvent> after(String sequence, int limit, Duration wait) {
    StreamReadArgs args = StreamReadArgs.greaterThan(id(sequence)).count(limit);
    Map<StreamMessageId, Map<String, String>> read =
        ask(() ->
            wait.isPositive()
                ? stream.read(args.timeout(wait))
                : Answers.within(RedisScripts.ONCE, once.readAsync(args)));
    var events = new ArrayList<JobEvent>(read.size());
    read.forEach((id, fields) -> addTo(events, id.toString(), fields));
    return events;
  }

  @Override
  public String newest() {
    return ask(() ->
            Answers.within(
                RedisScripts.ONCE,
                once.rangeReversedAsync(1, StreamMessageId.MAX, StreamMessageId.MIN)))
        .keySet()
        .stream()
        .findFirst()
        .map(StreamMessageId::toString)
        .orElse("0-0");
  }

  @Override
  public Optional<String> oldest() {
    return ask(() ->
            Answers.within(
                RedisScripts.ONCE, once.rangeAsync(1, StreamMessageId.MIN, StreamMessageId.MAX)))
        .keySet()
        .stream()
        .findFirst()
        .map(StreamMessageId::toString);
  }

  private static StreamMessageId id(String sequence) {
    int dash = sequence.indexOf('-');
    return new StreamMessageId(
        Long.parseLong(sequence.substring(0, dash)), Long.parseLong(sequence.substring(dash + 1)));
  }

  /** An entry holds the progress of one job, says that one batch has moved, or that jobs have. */
  private static void addTo(List<JobEvent> events, String sequence, Map<String, String> fields) {
    String states = fields.getOrDefault("e", "");
    if (states.isEmpty()) {
      events.add(event(sequence, fields));
      return;
    }
    for (String line : states.split("\n", -1)) {
      String[] told = line.split(" ", 4);
      events.add(
          new JobEvent(
              sequence,
              JobEvent.Kind.STATE,
              new JobId(told[0]),
              JobState.ofWireName(told[1]).orElse(JobState.QUEUED),
              Integer.parseInt(told[2]),
              Integer.parseInt(told[3]),
              ""));
    }
  }

  private static JobEvent event(String sequence, Map<String, String> fields) {
    return new JobEvent(
        sequence,
        kind(fields.getOrDefault("k", "")),
        new JobId(fields.getOrDefault("id", "")),
        JobState.ofWireName(fields.getOrDefault("s", "")).orElse(JobState.QUEUED),
        Integer.parseInt(fields.getOrDefault("r", "1")),
        Integer.parseInt(fields.getOrDefault("a", "0")),
        fields.getOrDefault("p", ""));
  }

  private static JobEvent.Kind kind(String letter) {
    return letter.equals("b") ? JobEvent.Kind.BATCH : JobEvent.Kind.PROGRESS;
  }

  private static <T> T ask(Supplier<T> question) {
    try {
      return question.get();
    } catch (RedisException away) {
      throw new StoreUnavailable("Redis did not answer", away);
    }
  }
}
