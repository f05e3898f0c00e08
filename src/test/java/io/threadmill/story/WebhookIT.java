package io.threadmill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.deploy.Tool;
import io.threadmill.redis.RedisFixture;
import io.threadmill.webhook.Receiver;
import io.threadmill.webhook.Receiver.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Webhooks against real processes: instances that are killed, and receivers as the docs show them.
 */
@Timeout(240)
class WebhookIT {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final Duration RECOVERY = Duration.ofSeconds(90);

  @TempDir Path folder;

  @BeforeEach
  void flush() {
    RedisFixture.flush();
  }

  private ServiceProcess service(String name) {
    return ServiceProcess.start(
        folder.resolve(name),
        "--spring.data.redis.url=" + RedisFixture.uri(),
        "--threadmill.egress.allow=127.0.0.0/8",
        "--threadmill.queue.lease=3s",
        "--threadmill.queue.beat=500ms");
  }

  private static String submit(ServiceProcess service, String url) {
    var answer =
        service.post(
            "/v1/jobs",
            "{\"type\":\"rehearse\",\"params\":{\"result\":1},\"webhook\":{\"url\":\"%s\",\"secret\":\"%s\"}}"
                .formatted(url, SECRET));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return answer.headers().firstValue("Location").orElseThrow();
  }

  private static JsonNode awaitDelivered(ServiceProcess service, String job) {
    return await()
        .atMost(RECOVERY)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> ServiceProcess.json(service.get(job + "/deliveries")).path("deliveries").path(0),
            delivery -> delivery.path("state").asString("").equals("succeeded"));
  }

  @Test
  void anInstanceKilledWhileItDeliversIsFollowedByOneThatDeliversTheSame() {
    try (var receiver =
            Receiver.answering(number -> number == 1 ? Receiver.SILENCE : Receiver.status(204));
        var first = service("a")) {
      String job = submit(first, receiver.url());
      await().atMost(RECOVERY).until(() -> receiver.requests().size() == 1);
      first.kill();
      try (var second = service("b")) {
        JsonNode delivery = awaitDelivered(second, job);
        assertThat(receiver.requests())
            .extracting(request -> request.header("webhook-id"))
            .containsOnly(delivery.path("id").asString())
            .hasSize(2);
        assertThat(delivery.path("attempts").path(0).path("outcome").asString()).isEqualTo("lost");
        assertThat(ServiceProcess.json(second.get(job)).path("attempts")).hasSize(1);
      }
    }
  }

  private static String example(String language) throws IOException {
    Matcher block =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("docs/webhooks.md")));
    assertThat(block.find()).as("the example in " + language).isTrue();
    return block.group(1);
  }

  @Test
  void theReceiverOfTheDocsAcceptsADeliveryAndRefusesAForgedOne() throws Exception {
    String python = Tool.named("python3").toString();
    Path script = Files.writeString(folder.resolve("receiver.py"), example("python"));
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Path log = folder.resolve("receiver.log");
    Process receiver =
        Tool.start(
            log,
            Map.of(
                "WEBHOOK_SECRET", SECRET, "PORT", Integer.toString(port), "PYTHONUNBUFFERED", "1"),
            List.of(python, script.toString()));
    try (var service = service("a")) {
      String job = submit(service, "http://127.0.0.1:" + port + "/");
      JsonNode delivery = awaitDelivered(service, job);
      assertThat(Files.readString(log)).contains("io.threadmill.job.succeeded " + job);
      assertThat(delivery.path("attempts").valueStream().toList().getLast().path("status").asInt())
          .isEqualTo(204);
      Path forged = folder.resolve("forged.log");
      Tool.Ended curl =
          Tool.run(
              forged,
              Map.of(),
              List.of(
                  Tool.named("curl").toString(),
                  "-s",
                  "-o",
                  "/dev/null",
                  "-w",
                  "%{http_code}",
                  "-H",
                  "webhook-id: x",
                  "-H",
                  "webhook-timestamp: " + java.time.Instant.now().getEpochSecond(),
                  "-H",
                  "webhook-signature: v1,AAAA",
                  "-d",
                  "{}",
                  "http://127.0.0.1:" + port + "/"));
      assertThat(curl.output()).isEqualTo("400");
    } finally {
      receiver.destroyForcibly().waitFor();
    }
  }

  @Test
  void theShellOfTheDocsFindsTheSameSignature() throws Exception {
    Tool.named("openssl");
    try (var receiver = Receiver.answering(204);
        var service = service("a")) {
      awaitDelivered(service, submit(service, receiver.url()));
      Request request = receiver.requests().getFirst();
      Path body = Files.writeString(folder.resolve("body.json"), request.body());
      Tool.Ended shell =
          Tool.run(
              folder.resolve("shell.log"),
              Map.of(
                  "WEBHOOK_SECRET", SECRET,
                  "ID", request.header("webhook-id"),
                  "TIMESTAMP", request.header("webhook-timestamp"),
                  "BODY", body.toString()),
              List.of(Tool.named("bash").toString(), "-c", example("bash")));
      assertThat(shell.output().strip()).isEqualTo(request.header("webhook-signature"));
    }
  }
}
