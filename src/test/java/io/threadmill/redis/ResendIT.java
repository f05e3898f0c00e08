package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.BROKEN;
import static io.threadmill.redis.QueueHarness.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.Ending;
import io.threadmill.job.JobId;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobQueue.Verdict;
import io.threadmill.job.JobResult.CacheUse;
import io.threadmill.job.JobResult.ResultBody;
import io.threadmill.job.TakenJob;
import io.threadmill.job.Webhook;
import io.threadmill.redis.RedisScripts.Script;
import io.threadmill.webhook.Subject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.redisson.api.RScript;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.client.codec.StringCodec;

/** Each script sent twice, as a client does whose answer was lost: the second changes nothing. */
class ResendIT {

  /**
   * What two sendings of these are to each other stands in docs/queue.md; they are not sent again.
   */
  private static final Set<Script> SENT_ONCE =
      Set.of(Script.ENQUEUE, Script.REQUEUE, Script.REDELIVER, Script.CHANGE, Script.BATCH_OPEN);

  private static final String HOUR = "3600000";

  private QueueHarness store;
  private JobQueue a;

  @BeforeEach
  void open() {
    store = new QueueHarness();
    a = store.instance("a");
  }

  @AfterEach
  void close() {
    store.close();
  }

  /** Everything that stands in Redis, each key's value as the server itself writes it down. */
  private Map<String, String> everything() {
    var all = new TreeMap<String, String>();
    RScript script = store.redisson.getScript(ByteArrayCodec.INSTANCE);
    for (String key : store.redisson.getKeys().getKeys()) {
      byte[] dump =
          script.eval(
              RScript.Mode.READ_ONLY,
              "return redis.call('DUMP', '" + key.replace("\n", "\\n") + "')",
              RScript.ReturnType.VALUE);
      all.put(key, dump == null ? "" : HexFormat.of().formatHex(dump));
    }
    return all;
  }

  @ParameterizedTest
  @EnumSource(Script.class)
  void theSecondSendingChangesNothing(Script script) {
    if (SENT_ONCE.contains(script)) {
      return;
    }
    List<String> args = argumentsOf(script);
    Object first = send(script, args);
    Map<String, String> before = everything();
    Object second = send(script, args);
    assertThat(everything()).isEqualTo(before);
    switch (script) {
      case COMPLETE, FAIL, RELEASE ->
          assertThat(List.of(first, second)).isEqualTo(List.of(List.of("K"), List.of("A")));
      case DELETE -> assertThat(List.of(first, second)).isEqualTo(List.of("K", "N"));
      case BATCH_CLOSE -> assertThat(List.of(first, second)).isEqualTo(List.of("K", "N"));
      case BATCH_CHANGE -> assertThat(List.of(first, second)).isEqualTo(List.of("K", "C"));
      case LIMIT, TEMPLATE -> assertThat(List.of(first, second)).isEqualTo(List.of("N", "R"));
      case EXPIRE, SWEEP -> assertThat(first).isNotEqualTo(second);
      case PROBE, PROMOTE -> {}
      default -> assertThat(second).isEqualTo(first);
    }
  }

  private Object send(Script script, List<String> args) {
    return switch (script) {
      case TAKE,
          BEAT,
          COMPLETE,
          FAIL,
          RELEASE,
          SWEEP,
          LIST,
          FIND,
          PROBE,
          BATCH_FIND,
          BATCH_LIST,
          BATCH_ROWS,
          DELIVERIES ->
          store.scripts.repeated(script, args);
      case PROMOTE, EXPIRE, DEREGISTER, ACQUIRE, BATCH_WALK ->
          store.scripts.repeatedNumber(script, args);
      default -> store.scripts.repeatedText(script, args);
    };
  }

  /** Brings about what the script has something to do with, and says what it is told. */
  private List<String> argumentsOf(Script script) {
    return switch (script) {
      case ACQUIRE -> List.of("h:a:80", "t1", "60000", "2", "1000");
      case FREE -> {
        send(Script.ACQUIRE, List.of("h:a:80", "t1", "60000", "2", "0"));
        yield List.of("h:a:80", "t1");
      }
      case HOLD -> List.of("h:a:80", "60000");
      case LIMIT -> List.of("k:key", "2 1000 0 1000 1000", "", "10");
      case TAKE -> {
        store.submit(aJob().withKey("key").withHost("a:80"));
        store.submit(aJob());
        yield List.of("a", "compute", "5", "req", "nonce", "2", "0", "8");
      }
      case BEAT -> {
        TakenJob held = running();
        running();
        store.advance(Duration.ofSeconds(10)); // the other's take was never answered
        yield List.of("a", "15000", "8000", HOUR, held.id().value(), held.lease());
      }
      case COMPLETE -> ending(running(), "S", "Jbypass\n1", "");
      case FAIL -> ending(running(), "{}", "1000");
      case RELEASE -> ending(running(), "500");
      case PROGRESS -> {
        TakenJob job = running();
        yield List.of("a", job.id().value(), job.lease(), "{\"done\":1}");
      }
      case CHECKPOINT -> {
        TakenJob job = running();
        yield List.of("a", job.id().value(), job.lease(), "c3RhdGU=");
      }
      case LEAD -> {
        TakenJob job = running();
        yield List.of("a", job.id().value(), job.lease(), "work");
      }
      case PROMOTE -> {
        store.submit(aJob().delayed(Duration.ofSeconds(1)));
        store.advance(Duration.ofSeconds(2));
        yield List.of("200", "2", "0");
      }
      case SWEEP -> {
        running();
        store.advance(QueueHarness.LEASE.plusMillis(1));
        store.instance("b");
        yield List.of("200", "3", "E{}", HOUR, "b", Long.toString(QueueHarness.LEASE.toMillis()));
      }
      case DEREGISTER -> {
        running();
        yield List.of("a", "200", HOUR);
      }
      case CANCEL -> List.of(running().id().value(), HOUR);
      case DELETE -> List.of(ended().value());
      case EXPIRE -> {
        ended();
        store.advance(Duration.ofHours(2));
        yield List.of("200");
      }
      case FIND -> List.of(ended().value());
      case LIST -> {
        ended();
        yield List.of("all", "", "10", "", "");
      }
      case PROBE -> List.of("scrape", "compute");
      case BATCH_APPEND -> append(batch());
      case BATCH_CLOSE -> List.of(batch(), "whole");
      case BATCH_CHANGE -> {
        String id = batch();
        send(Script.BATCH_APPEND, append(id));
        yield List.of(id, "cancel");
      }
      case BATCH_WALK -> {
        String id = batch();
        send(Script.BATCH_APPEND, append(id));
        send(Script.BATCH_CHANGE, List.of(id, "cancel"));
        yield List.of("200", HOUR);
      }
      case BATCH_FIND -> List.of(batch());
      case BATCH_LIST -> {
        batch();
        yield List.of("", "10");
      }
      case BATCH_ROWS -> {
        String id = batch();
        send(Script.BATCH_APPEND, append(id));
        yield List.of(id, "bi", "0", "10", "100000");
      }
      case TEMPLATE -> List.of("name", "{}", "10");
      case DELIVERIES -> List.of("j", told().value(), "-10", "-1");
      case ENQUEUE, REQUEUE, REDELIVER, CHANGE, BATCH_OPEN ->
          throw new IllegalStateException("sent once");
    };
  }

  private String batch() {
    return store.batches.open(aJob().build(), false, null).id().value();
  }

  /** A chunk of one row. */
  private static List<String> append(String batch) {
    return List.of(
        batch,
        "1",
        "60000",
        "1000",
        "1000000",
        "aaaaaaaa",
        "rehearse",
        "",
        "",
        "5",
        "0",
        "0",
        "60000",
        "3",
        "1000",
        "",
        "compute",
        "",
        "{}",
        "");
  }

  private TakenJob running() {
    store.submit(aJob().withKey("key").withHost("a:80"));
    return store.takeOne(a);
  }

  private JobId ended() {
    TakenJob job = running();
    store.record(a, job, new Ending.Failed(BROKEN));
    return job.id();
  }

  /** A job that has ended, whose end is to be told. */
  private JobId told() {
    var webhook = new Webhook("http://a.example/", null, Webhook.ENDS, false);
    store.submit(aJob().withWebhook(webhook));
    TakenJob job = store.takeOne(a);
    store.record(a, job, new Ending.Failed(BROKEN));
    return job.id();
  }

  /** One ending, sent again, tells its end once. */
  @Test
  void anEndIsToldOnceHoweverOftenItIsSent() {
    var webhook = new Webhook("http://a.example/", null, Webhook.ENDS, false);
    store.submit(aJob().withWebhook(webhook));
    TakenJob job = store.takeOne(a);
    List<String> args = ending(job, "S", "Jbypass\n1", "");
    send(Script.COMPLETE, args);
    send(Script.COMPLETE, args);
    assertThat(store.deliveries.of(Subject.job(job.id())).orElseThrow()).hasSize(1);
  }

  private static List<String> ending(TakenJob job, String... rest) {
    return Stream.concat(Stream.of("a", HOUR, job.id().value(), job.lease()), Arrays.stream(rest))
        .toList();
  }

  @Test
  void aResultApartFromItsRecordStaysWhenItsEndingIsSentAgain() {
    store.submit(aJob());
    TakenJob job = store.takeOne(a);
    var large =
        new Ending.Succeeded(
            ResultBody.json(("\"" + "x".repeat(70_000) + "\"").getBytes(StandardCharsets.UTF_8)),
            CacheUse.BYPASS);
    String blob = "{tm}:o:" + job.id() + ":" + job.lease();
    assertThat(store.record(a, job, large)).isEqualTo(Verdict.RECORDED);
    assertThat(store.record(a, job, large)).isEqualTo(Verdict.ALREADY_RECORDED);
    assertThat(store.redisson.getBucket(blob, StringCodec.INSTANCE).remainTimeToLive())
        .isEqualTo(-1);
  }

  @Test
  void aTakeWhoseAnswerWasLostIsAnsweredAgainAndNotRepeated() {
    for (int i = 0; i < 3; i++) {
      store.submit(aJob().withHost("a:80"));
    }
    List<String> args = List.of("a", "compute", "2", "req", "nonce", "2", "0", "8");
    send(Script.TAKE, args); // its answer never arrives
    List<byte[]> again = store.scripts.repeatedBytes(Script.TAKE, args);
    assertThat(again).hasSize(2 + 2 * 3);
    assertThat(store.redisson.getScoredSortedSet("{tm}:res:h:a:80", StringCodec.INSTANCE).size())
        .isEqualTo(2);
  }
}
