package io.threadmill.web.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.web.ServiceIT;
import io.threadmill.webhook.Receiver;
import io.threadmill.webhook.Receiver.Request;
import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** Webhooks over real sockets: what is sent, when it is sent again, and what is shown of it. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(
    properties = {
      "threadmill.webhook.secret=" + WebhookRoutesIT.SERVICES + "," + WebhookRoutesIT.BEFORE,
      "threadmill.webhook.timeout=2s",
      "threadmill.webhook.retries=100ms,100ms,1h",
      "threadmill.egress.allow=127.0.0.0/8"
    })
class WebhookRoutesIT extends ServiceIT {

  static final String SERVICES = "whsec_c2VydmljZXMgc2VjcmV0IG9mIDI0IGJ5dGVz";
  static final String BEFORE = "whsec_dGhlIG9uZSBiZWZvcmUsIG9mIDI3IGJ5dGVz";
  private static final String OWN = "whsec_TXlPd25DYW5hcnlTZWNyZXRPZjI3Qnl0ZXMh";
  private static final Duration SOON = Duration.ofSeconds(40);

  private static String job(String webhook) {
    return "{\"type\":\"rehearse\",\"params\":{\"result\":{\"n\":1}},\"webhook\":%s}"
        .formatted(webhook);
  }

  private static String to(Receiver receiver) {
    return "{\"url\":\"%s\",\"secret\":\"%s\"}".formatted(receiver.url(), OWN);
  }

  private String submit(String body) {
    HttpResponse<String> answer = post("/v1/jobs", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return answer.headers().firstValue("Location").orElseThrow();
  }

  private JsonNode delivery(String job) {
    return json(get(job + "/deliveries")).path("deliveries").path(0);
  }

  private JsonNode awaitState(String job, String state) {
    return await()
        .atMost(SOON)
        .until(() -> delivery(job), read -> read.path("state").asString("").equals(state));
  }

  private static String signature(String secret, Request request) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring(6)), "HmacSHA256"));
    String signed =
        request.header("webhook-id")
            + "."
            + request.header("webhook-timestamp")
            + "."
            + request.body();
    return "v1,"
        + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void anEndIsToldSignedAndAsACloudEvent() throws Exception {
    try (Receiver receiver = Receiver.answering(204)) {
      String job = submit(job(to(receiver)));
      JsonNode delivery = awaitState(job, "succeeded");
      Request request = receiver.requests().getFirst();
      assertThat(request.line()).isEqualTo("POST /hooks HTTP/1.1");
      assertThat(request.header("content-type")).isEqualTo("application/cloudevents+json");
      assertThat(request.header("webhook-signature")).isEqualTo(signature(OWN, request));
      assertThat(request.header("webhook-id")).isEqualTo(delivery.path("id").asString());
      JsonNode event = request.event();
      assertThat(event.path("id").asString()).isEqualTo(request.header("webhook-id"));
      assertThat(event.path("type").asString()).isEqualTo("io.threadmill.job.succeeded");
      assertThat(event.path("data").path("result").path("n").asInt()).isEqualTo(1);
      assertThat(event.path("data").path("href").asString()).isEqualTo(job);
      assertThat(delivery.path("number").asInt()).isEqualTo(1);
      assertThat(delivery.path("event").asString()).isEqualTo("io.threadmill.job.succeeded");
      assertThat(delivery.path("url").asString()).isEqualTo(receiver.url());
      JsonNode attempt = delivery.path("attempts").path(0);
      assertThat(attempt.path("status").asInt()).isEqualTo(204);
      assertThat(attempt.path("duration").asString()).matches("\\d+m?s");
      assertThat(attempt.path("error").isNull()).isTrue();
    }
  }

  @Test
  void withoutASecretOfItsOwnTheServicesSign() throws Exception {
    try (Receiver receiver = Receiver.answering(200)) {
      awaitState(submit(job("{\"url\":\"%s\"}".formatted(receiver.url()))), "succeeded");
      Request request = receiver.requests().getFirst();
      assertThat(request.header("webhook-signature"))
          .isEqualTo(signature(SERVICES, request) + " " + signature(BEFORE, request));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 302, 404})
  void aReceiverThatRefusesIsAskedAgainWithTheSameId(int status) {
    try (Receiver elsewhere = Receiver.answering(200);
        Receiver receiver =
            Receiver.answering(number ->
                number < 3
                    ? Receiver.status(status, "Location: " + elsewhere.url() + "\r\n")
                    : Receiver.status(200))) {
      String job = submit(job(to(receiver)));
      JsonNode delivery = awaitState(job, "succeeded");
      assertThat(delivery.path("attempts").valueStream().map(a -> a.path("status").asInt()))
          .containsExactly(status, status, 200);
      assertThat(receiver.requests())
          .extracting(request -> request.header("webhook-id"))
          .containsOnly(delivery.path("id").asString());
      assertThat(elsewhere.requests()).as("no redirect is followed").isEmpty();
      assertThat(json(get(job)).path("state").asString()).isEqualTo("succeeded");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {Receiver.CUT, Receiver.SILENCE})
  void aReceiverThatDoesNotAnswerIsAskedAgain(String how) {
    try (Receiver receiver =
        Receiver.answering(number -> number < 2 ? how : Receiver.status(200))) {
      JsonNode delivery = awaitState(submit(job(to(receiver))), "succeeded");
      JsonNode first = delivery.path("attempts").path(0);
      assertThat(first.path("status").isNull()).isTrue();
      assertThat(first.path("error").path("type").asString())
          .isEqualTo("/problems/webhook-unreachable");
      assertThat(first.path("error").path("reason").asString())
          .isEqualTo(how.equals(Receiver.CUT) ? "connection-lost" : "timed-out");
    }
  }

  @Test
  void aHugeOrEndlessBodyOfAReceiverIsNotRead() {
    String endless = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + "x".repeat(100_000);
    try (Receiver receiver = Receiver.answering(_ -> endless)) {
      JsonNode delivery = awaitState(submit(job(to(receiver))), "succeeded");
      assertThat(delivery.path("attempts")).hasSize(1);
    }
  }

  @Test
  void aReceiversRetryAfterIsKeptTo() {
    try (Receiver receiver =
        Receiver.answering(_ -> Receiver.status(503, "Retry-After: 1800\r\n"))) {
      JsonNode delivery = awaitState(submit(job(to(receiver))), "scheduled");
      Duration wait =
          Duration.between(
              java.time.Instant.parse(
                  delivery.path("attempts").path(0).path("finishedAt").asString()),
              java.time.Instant.parse(delivery.path("nextAttemptAt").asString()));
      assertThat(wait).isBetween(Duration.ofSeconds(1799), Duration.ofSeconds(1801));
    }
  }

  @Test
  void aReceiverThatIsGoneIsADeadLetterThatCanBeDeliveredAgain() {
    try (Receiver receiver = Receiver.answering(410, 200)) {
      String job = submit(job(to(receiver)));
      JsonNode dead = awaitState(job, "failed");
      assertThat(dead.path("error").path("type").asString()).isEqualTo("/problems/webhook-gone");
      assertThat(receiver.requests()).hasSize(1);
      assertThat(json(get("/v1/jobs?type=webhook&state=failed")).path("jobs").valueStream())
          .extracting(row -> row.path("id"))
          .contains(dead.path("id"));
      HttpResponse<String> again = post(job + "/deliveries/1/redeliver", "");
      assertThat(again.statusCode()).isEqualTo(202);
      assertThat(json(again).path("number").asInt()).isEqualTo(1);
      awaitState(job, "succeeded");
      assertThat(receiver.requests())
          .extracting(request -> request.header("webhook-id"))
          .containsOnly(dead.path("id").asString())
          .hasSize(2);
      assertThat(get("/problems/webhook-gone").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aBlockedAddressFailsTheDeliveryAndNotTheJob() throws Exception {
    // A name whose addresses are this machine's is found out by its look-up only.
    String own = InetAddress.getLocalHost().getHostName();
    for (String host : List.of("10.0.0.1", "169.254.169.254", "[::1]", own)) {
      String job =
          submit(job("{\"url\":\"http://%s:8080/\",\"secret\":\"%s\"}".formatted(host, OWN)));
      if (host.equals(own) && InetAddress.getByName(own).isLoopbackAddress()) {
        continue; // which this test lets through
      }
      JsonNode dead = awaitState(job, "failed");
      assertThat(dead.path("error").path("type").asString())
          .as(host)
          .isEqualTo("/problems/url-blocked");
      assertThat(dead.path("attempts")).hasSize(1);
      assertThat(json(get(job)).path("state").asString()).isEqualTo("succeeded");
    }
  }

  @Test
  void whatIsNotThereIsNotFound() {
    String job = submit(job("null"));
    assertThat(get(job + "/deliveries").body()).isEqualTo("{\"deliveries\":[]}");
    for (String path : List.of(job + "/deliveries/1/redeliver", job + "/deliveries/x/redeliver")) {
      HttpResponse<String> answer = post(path, "");
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(json(answer).path("type").asString()).isEqualTo("/problems/delivery-not-found");
    }
    String nobody = "/v1/jobs/" + "0".repeat(26) + "/deliveries";
    assertThat(json(get(nobody)).path("type").asString()).isEqualTo("/problems/job-not-found");
    assertThat(post(nobody + "/1/redeliver", "").statusCode()).isEqualTo(404);
  }

  @Test
  void aBatchTellsOnceOrEachOfItsRows() {
    String batch =
        "{\"type\":\"rehearse\",\"items\":[{\"result\":1},{\"wat\":1},{\"result\":3}],\"webhook\":%s}";
    try (Receiver receiver = Receiver.answering(200)) {
      HttpResponse<String> once = post("/v1/batches", batch.formatted(to(receiver)));
      String place = once.headers().firstValue("Location").orElseThrow();
      await().atMost(SOON).until(() -> receiver.requests().size(), size -> size == 1);
      JsonNode event = receiver.requests().getFirst().event();
      assertThat(event.path("type").asString()).isEqualTo("io.threadmill.batch.finished");
      assertThat(event.path("data").path("counts").path("failed").asInt()).isEqualTo(1);
      JsonNode ids = json(get(place)).path("deliveries");
      assertThat(ids).hasSize(1);
      JsonNode delivery = json(get("/v1/jobs/" + ids.path(0).asString()));
      assertThat(delivery.path("type").asString()).isEqualTo("webhook");
    }
    try (Receiver receiver = Receiver.answering(200)) {
      String each = to(receiver).replace("}", ",\"each\":true}");
      post("/v1/batches", batch.formatted(each));
      await().atMost(SOON).until(() -> receiver.requests().size(), size -> size == 3);
      assertThat(receiver.requests())
          .extracting(request -> request.event().path("data").path("index").asInt())
          .containsExactlyInAnyOrder(0, 1, 2);
      assertThat(receiver.requests())
          .extracting(request -> request.event().path("type").asString())
          .containsOnly("io.threadmill.job.succeeded", "io.threadmill.job.failed");
    }
  }

  @Test
  void aTemplateMayBringAWebhookAndTheJobWins() {
    try (Receiver receiver = Receiver.answering(200)) {
      HttpResponse<String> kept =
          send(
              "PUT",
              "/v1/templates/hooked",
              "{\"type\":\"rehearse\",\"webhook\":{\"secret\":\"%s\",\"events\":[\"failed\"]}}"
                  .formatted(OWN),
              "Content-Type",
              "application/json");
      assertThat(kept.statusCode()).as(kept.body()).isEqualTo(201);
      String job =
          submit(
              "{\"template\":\"hooked\",\"params\":{},\"webhook\":{\"url\":\"%s\",\"events\":[\"succeeded\"]}}"
                  .formatted(receiver.url()));
      awaitState(job, "succeeded");
      String untold = submit("{\"template\":\"hooked\",\"params\":{},\"webhook\":null}");
      assertThat(ended(untold).path("state").asString()).isEqualTo("succeeded");
      assertThat(get(untold + "/deliveries").body()).isEqualTo("{\"deliveries\":[]}");
    }
  }

  @Test
  void aSecretIsReadBackNowhere(CapturedOutput log) {
    String webhook;
    var shown = new StringBuilder();
    try (Receiver receiver = Receiver.answering(500, 410)) {
      webhook = to(receiver);
      HttpResponse<String> kept =
          send(
              "PUT",
              "/v1/templates/canary",
              "{\"type\":\"rehearse\",\"webhook\":%s}".formatted(webhook),
              "Content-Type",
              "application/json");
      shown.append(kept.body()).append(get("/v1/templates/canary").body());
      assertThat(kept.body()).contains("\"secret\":\"***\"");
      HttpResponse<String> first =
          post("/v1/jobs", job(webhook), "Idempotency-Key", "canary", "Prefer", "wait=20");
      shown.append(first.body());
      HttpResponse<String> conflict = post("/v1/jobs", job("null"), "Idempotency-Key", "canary");
      assertThat(conflict.statusCode()).isEqualTo(422);
      String job = first.headers().firstValue("Location").orElseThrow();
      JsonNode dead = awaitState(job, "failed");
      String batch =
          post(
                  "/v1/batches",
                  "{\"type\":\"rehearse\",\"items\":[{}],\"webhook\":%s}"
                      .formatted(webhook.replace("}", ",\"each\":true}")))
              .headers()
              .firstValue("Location")
              .orElseThrow();
      ended(batch);
      for (String path :
          List.of(
              job,
              job + "/events",
              job + "/deliveries",
              "/v1/jobs/" + dead.path("id").asString(),
              "/v1/jobs",
              "/v1/jobs?type=webhook",
              batch,
              batch + "/results",
              "/v1/templates",
              "/actuator/health",
              "/actuator/prometheus")) {
        shown.append(get(path).body());
      }
      shown.append(conflict.body());
      shown.append(post("/v1/jobs", job(webhook.replace(OWN, OWN + "!"))).body());
    }
    assertThat(shown.toString()).doesNotContain(OWN.substring(6)).doesNotContain("whsec_c2Vy");
    assertThat(log.getAll()).doesNotContain(OWN.substring(6)).doesNotContain("whsec_c2Vy");
  }
}
