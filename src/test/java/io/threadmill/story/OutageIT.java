package io.threadmill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.redis.FaultyWire;
import io.threadmill.redis.RedisServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Redis away in every way we know, under one service as a real process. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutageIT {

  /** What is promised, and what a busy machine may add. */
  private static final Duration ANSWER = Duration.ofSeconds(2).plusMillis(500);

  /** From Redis's return to the next job done. */
  private static final Duration BACK = Duration.ofSeconds(5);

  private static final Duration SOON = Duration.ofSeconds(20);

  /** How Redis is away. */
  enum Fault {
    /** Killed: connections end, new ones are refused. */
    DEAD,
    /** SIGSTOP: connections stay and nothing is answered. */
    FROZEN,
    /** CLIENT PAUSE: as frozen, by Redis's own means. */
    PAUSED,
    /** The network ends all connections and lets none in. */
    CUT_OFF,
    /** The network swallows what is sent. */
    SILENT
  }

  @TempDir static Path folder;

  private RedisServer redis;
  private FaultyWire wire;
  private ServiceProcess service;

  @BeforeAll
  void start() {
    redis = RedisServer.start(folder.resolve("redis"));
    wire = FaultyWire.to(redis.uri());
    service = ServiceProcess.start(folder.resolve("a"), "--spring.data.redis.url=" + wire.uri());
    run(); // classes and scripts are loaded
  }

  @AfterAll
  void stop() {
    service.close();
    wire.close();
    redis.close();
  }

  private void begin(Fault fault) {
    switch (fault) {
      case DEAD -> redis.kill();
      case FROZEN -> redis.freeze();
      case PAUSED -> redis.command("CLIENT PAUSE 10000 ALL");
      case CUT_OFF -> wire.cut();
      case SILENT -> wire.freeze();
    }
  }

  private void end(Fault fault) {
    switch (fault) {
      case DEAD -> redis.restart();
      case FROZEN -> redis.thaw();
      case PAUSED -> redis.command("PING"); // is answered when it is over
      case CUT_OFF, SILENT -> wire.mend();
    }
  }

  private HttpResponse<String> submit(String wait) {
    return service.post(
        "/v1/jobs", "{\"type\":\"rehearse\",\"params\":{\"wait\":\"%s\"}}".formatted(wait));
  }

  private static String location(HttpResponse<String> accepted) {
    assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
    return accepted.headers().firstValue("Location").orElseThrow();
  }

  private JsonNode look(String location) {
    return ServiceProcess.json(service.get(location));
  }

  private JsonNode awaitEnd(String location) {
    return await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> look(location), job -> job.path("finishedAt").isString());
  }

  /** One job from its POST to its end. */
  private void run() {
    assertThat(awaitEnd(location(submit("1ms"))).path("state").asString()).isEqualTo("succeeded");
  }

  /** Submits until one is accepted, and waits for its end: what a client sees of the return. */
  private void assertBackSoon(long since) {
    String job =
        location(
            await()
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> submit("1ms"), answer -> answer.statusCode() == 202));
    assertThat(awaitEnd(job).path("state").asString()).isEqualTo("succeeded");
    assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(BACK);
    await().atMost(SOON).until(service::isReady);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void whileRedisIsAwayCallsAreRefusedInTimeAndWhatRunsIsRecordedAfterwards(Fault fault)
      throws Exception {
    String running = location(submit("2s"));
    await().atMost(SOON).until(() -> look(running).path("state").asString().equals("running"));
    begin(fault);
    try {
      assertRefusedInTime();
      await().atMost(SOON).until(() -> !service.isReady());
      assertThat(service.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
    } finally {
      end(fault);
    }
    assertBackSoon(System.nanoTime());
    JsonNode job = awaitEnd(running);
    assertThat(job.path("state").asString()).isEqualTo("succeeded");
    assertThat(job.path("attempts")).as(job.toString()).hasSize(1);
  }

  /** From the first moment on, and some at a time, so that they ride together. */
  private void assertRefusedInTime() throws Exception {
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      var calls = new ArrayList<Future<Timed>>();
      long begin = System.nanoTime();
      for (int wave = 0; wave < 8; wave++) {
        for (int i = 0; i < 3; i++) {
          calls.add(clients.submit(timed(() -> submit("1ms"))));
        }
        calls.add(clients.submit(timed(() -> service.get("/v1/jobs/counts"))));
        calls.add(clients.submit(timed(() -> service.get("/v1/jobs?limit=10"))));
        long until = begin + Duration.ofMillis(300L * (wave + 1)).toNanos();
        await().pollInterval(Duration.ofMillis(10)).until(() -> System.nanoTime() >= until);
      }
      for (Future<Timed> call : calls) {
        Timed timed = call.get();
        assertThat(timed.took()).as(timed.answer().body()).isLessThan(ANSWER);
        assertThat(timed.answer().statusCode()).as(timed.answer().body()).isEqualTo(503);
        assertThat(timed.answer().headers().firstValue("Retry-After")).isPresent();
        assertThat(ServiceProcess.json(timed.answer()).path("type").asString())
            .isEqualTo("/problems/store-unavailable");
      }
    }
  }

  private record Timed(HttpResponse<String> answer, Duration took) {}

  private static Callable<Timed> timed(Callable<HttpResponse<String>> call) {
    return () -> {
      long begin = System.nanoTime();
      HttpResponse<String> answer = call.call();
      return new Timed(answer, Duration.ofNanos(System.nanoTime() - begin));
    };
  }

  @Test
  void aSlowRedisSlowsPostsDownAndNoMoreThanThat() {
    wire.delay(Duration.ofMillis(200));
    try {
      for (int i = 0; i < 5; i++) {
        long begin = System.nanoTime();
        HttpResponse<String> answer = submit("1ms");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(ANSWER);
        assertThat(answer.statusCode()).isIn(202, 503);
      }
      assertThat(submit("1ms").statusCode()).as("a delay that can be borne is").isEqualTo(202);
    } finally {
      wire.mend();
    }
    assertBackSoon(System.nanoTime());
  }

  @Test
  void scriptsAndConnectionsThatRedisDropsAreSetUpAgain() {
    for (String command :
        List.of("SCRIPT FLUSH", "CLIENT KILL TYPE normal", "CLIENT KILL TYPE pubsub")) {
      redis.command(command);
      assertBackSoon(System.nanoTime());
    }
  }

  private HttpResponse<String> submitMarked(String mark, String... headers) {
    return service.post(
        "/v1/jobs",
        """
        {"type":"rehearse","params":{"wait":"2s","result":"%s"},"tags":["%s"]}\
        """
            .formatted(mark, mark),
        headers);
  }

  private int written(String tag) {
    return ServiceProcess.json(service.get("/v1/jobs?tag=" + tag)).path("jobs").size();
  }

  @Test
  void aPostWhoseJobWasWrittenJustBeforeTheFreezeIsAccepted() {
    wire.freezeAfterReplyTo("written");
    try {
      assertThat(submitMarked("written").statusCode()).isEqualTo(202);
    } finally {
      wire.mend();
    }
    assertBackSoon(System.nanoTime());
    assertThat(written("written")).isEqualTo(1);
  }

  @Test
  void aReplayFoundJustBeforeTheFreezeAnswersInTimeToo() {
    assertThat(submitMarked("just-before", "Idempotency-Key", "jb").statusCode()).isEqualTo(202);
    wire.delay(Duration.ofMillis(550)); // so that finding it took a good part of its time
    wire.freezeAfterReplyTo("just-before");
    try {
      long begin = System.nanoTime();
      assertThat(submitMarked("just-before", "Idempotency-Key", "jb").statusCode()).isEqualTo(503);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(ANSWER);
    } finally {
      wire.mend();
    }
    assertBackSoon(System.nanoTime());
    assertThat(written("just-before")).isEqualTo(1);
  }

  @Test
  void aReplyLostOnTheWayMakesNoSecondJobUnderAnIdempotencyKey() {
    int before = wire.lost();
    wire.loseRepliesTo("once-only", 1);
    assertThat(submitMarked("once-only", "Idempotency-Key", "k1").statusCode()).isEqualTo(503);
    assertThat(wire.lost()).as("Redis wrote it and its answer was lost").isEqualTo(before + 1);
    HttpResponse<String> again = submitMarked("once-only", "Idempotency-Key", "k1");
    assertThat(again.headers().firstValue("Idempotency-Replayed")).contains("true");
    assertThat(awaitEnd(location(again)).path("attempts")).hasSize(1);
    assertThat(written("once-only")).isEqualTo(1);
  }

  @Test
  void aSubmissionWhoseReplyWasLostIsNotSentAgainByItself() {
    int before = wire.lost();
    wire.loseRepliesTo("no-key", 1);
    assertThat(submitMarked("no-key").statusCode()).isEqualTo(503);
    assertThat(wire.lost()).isEqualTo(before + 1);
    assertThat(written("no-key")).isEqualTo(1);
  }

  @Test
  void anEndingWhoseReplyWasLostIsRecordedOnce() {
    String job = location(submitMarked("ending"));
    int before = wire.lost();
    double fenced = service.meter("threadmill_outcomes_fenced_total");
    wire.loseRepliesTo("ending", 1); // its result holds the mark too
    JsonNode ended = awaitEnd(job);
    assertThat(ended.path("state").asString()).isEqualTo("succeeded");
    assertThat(ended.path("attempts")).hasSize(1);
    await().atMost(SOON).until(() -> service.meter("threadmill_jobs_held") == 0);
    assertThat(wire.lost()).isEqualTo(before + 1);
    assertThat(service.meter("threadmill_outcomes_fenced_total")).isEqualTo(fenced);
  }

  @Test
  void anEmptyRedisIsWorkedOnAndWhatRanOnTheOldIsStopped() {
    String lost = location(submit("1h"));
    await().atMost(SOON).until(() -> look(lost).path("state").asString().equals("running"));
    redis.kill();
    redis.restartEmpty();
    assertBackSoon(System.nanoTime());
    assertThat(service.get(lost).statusCode()).isEqualTo(404);
    await().atMost(SOON).until(() -> service.meter("threadmill_jobs_held") == 0);
  }

  @Test
  void aRedisKilledAndStartedAgainKeepsWhatWasAccepted() {
    var jobs = new ArrayList<String>();
    for (int i = 0; i < 20; i++) {
      jobs.add(location(submit("300ms")));
    }
    redis.kill();
    redis.restart();
    assertBackSoon(System.nanoTime());
    for (String job : jobs) {
      assertThat(awaitEnd(job).path("state").asString()).isEqualTo("succeeded");
    }
  }
}
