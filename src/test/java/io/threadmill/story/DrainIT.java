package io.threadmill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.redis.RedisServer;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** SIGTERM, as real processes. */
@Timeout(400)
class DrainIT {

  private static final Duration SOON = Duration.ofSeconds(60);

  /** Nothing here may wait for it. */
  private static final String LEASE = "--threadmill.queue.lease=10m";

  @TempDir Path folder;

  private RedisServer redis;

  @BeforeEach
  void start() {
    redis = RedisServer.start(folder.resolve("redis"));
  }

  @AfterEach
  void stop() {
    redis.close();
  }

  private ServiceProcess launch(String name, String... settings) {
    var all = new ArrayList<>(List.of(settings));
    all.add("--spring.data.redis.url=" + redis.uri());
    all.add(LEASE);
    return ServiceProcess.launch(folder.resolve(name), all.toArray(String[]::new));
  }

  private static void awaitReady(ServiceProcess service) {
    await().atMost(Duration.ofSeconds(90)).until(service::isReady);
  }

  private static HttpResponse<String> submit(
      ServiceProcess service, String wait, String... headers) {
    return service.post(
        "/v1/jobs",
        "{\"type\":\"rehearse\",\"params\":{\"wait\":\"%s\"}}".formatted(wait),
        headers);
  }

  @Test
  void whileItDrainsPostsAreRefusedAndWhatCanEndDoes() {
    try (var service = launch("a", "--threadmill.drain.grace=20s")) {
      awaitReady(service);
      String job = submit(service, "3s").headers().firstValue("Location").orElseThrow();
      await().atMost(SOON).until(() -> service.meter("threadmill_jobs_held") == 1);
      service.requestStop();
      HttpResponse<String> refused =
          await()
              .atMost(Duration.ofSeconds(2))
              .until(() -> submit(service, "1ms"), answer -> answer.statusCode() == 503);
      assertThat(ServiceProcess.json(refused).path("type").asString())
          .isEqualTo("/problems/draining");
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      assertThat(service.get(job).statusCode()).as("reading goes on").isEqualTo(200);
      assertThat(service.awaitEnd()).isIn(0, 143);
    }
    try (var next = launch("b")) {
      awaitReady(next);
      JsonNode jobs = ServiceProcess.json(next.get("/v1/jobs/counts")).path("byState");
      assertThat(jobs.path("succeeded").asInt()).isPositive();
      assertThat(jobs.path("running").asInt()).isZero();
    }
  }

  @Test
  void itEndsInTimeThoughRedisIsAway() {
    try (var service = launch("a")) {
      awaitReady(service);
      submit(service, "1h");
      await().atMost(SOON).until(() -> service.meter("threadmill_jobs_held") == 1);
      redis.freeze();
      long begin = System.nanoTime();
      service.requestStop();
      assertThat(service.awaitEnd()).isIn(0, 143);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
    } finally {
      redis.thaw();
    }
  }

  /** A client that knows all addresses and tries a second one, once. */
  private static final class Client {
    final List<ServiceProcess> known = new CopyOnWriteArrayList<>();
    final Queue<String> accepted = new ConcurrentLinkedQueue<>();
    final Queue<String> failed = new ConcurrentLinkedQueue<>();
    final AtomicInteger retried = new AtomicInteger();
    final AtomicInteger turn = new AtomicInteger();

    void post() {
      int number = turn.getAndIncrement();
      String key = "key-" + number;
      String first = attempt(known.get(number % known.size()), key);
      if (first.isEmpty()) {
        return;
      }
      retried.incrementAndGet();
      String second = attempt(known.get((number + 1) % known.size()), key);
      if (!second.isEmpty()) {
        failed.add(first + ", then " + second);
      }
    }

    /** What went wrong, empty when nothing did. */
    private String attempt(ServiceProcess service, String key) {
      try {
        HttpResponse<String> answer = submit(service, "400ms", "Idempotency-Key", key);
        if (answer.statusCode() != 202) {
          return answer.statusCode() + " " + answer.body();
        }
        accepted.add(answer.headers().firstValue("Location").orElseThrow());
        return "";
      } catch (UncheckedIOException away) {
        return away.getCause().toString();
      }
    }
  }

  @Test
  void aRollingRestartFailsNoRequestThatIsRetriedOnce() throws Exception {
    var client = new Client();
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String name : List.of("a", "b", "c")) {
        client.known.add(launch(name));
      }
      client.known.forEach(DrainIT::awaitReady);
      var over = new AtomicBoolean();
      for (int i = 0; i < 4; i++) {
        clients.submit(() -> {
          while (!over.get()) {
            client.post();
            LockSupport.parkNanos(Duration.ofMillis(40).toNanos());
          }
        });
      }
      for (int i = 0; i < 3; i++) {
        int before = client.accepted.size();
        await().atMost(SOON).until(() -> client.accepted.size() > before + 50);
        ServiceProcess old = client.known.get(i);
        old.requestStop();
        assertThat(old.awaitEnd()).isIn(0, 143);
        ServiceProcess fresh = launch("again-" + i);
        awaitReady(fresh);
        client.known.set(i, fresh);
      }
      over.set(true);
    }
    try {
      assertThat(client.failed).isEmpty();
      assertThat(client.retried).as("the restarts were felt").hasPositiveValue();
      ServiceProcess any = client.known.getFirst();
      for (String job : client.accepted) {
        JsonNode read =
            await()
                .atMost(SOON)
                .until(
                    () -> ServiceProcess.json(any.get(job)),
                    ended -> ended.path("finishedAt").isString());
        assertThat(read.path("state").asString()).as(read.toString()).isEqualTo("succeeded");
        assertThat(read.path("attempts").valueStream().map(a -> a.path("outcome").asString()))
            .as(read.toString())
            .isSubsetOf("released", "succeeded");
      }
    } finally {
      client.known.forEach(ServiceProcess::close);
    }
  }
}
