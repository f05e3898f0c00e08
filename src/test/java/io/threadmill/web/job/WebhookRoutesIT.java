package io.threadmill.web.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.webhook.Receiver;
import io.threadmill.webhook.Receiver.Request;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Webhooks over real sockets: what is sent, and when it is sent again. */
@Timeout(120)
class WebhookRoutesIT extends WebhookServiceIT {

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
              Instant.parse(delivery.path("attempts").path(0).path("finishedAt").asString()),
              Instant.parse(delivery.path("nextAttemptAt").asString()));
      assertThat(wait).isBetween(Duration.ofSeconds(1799), Duration.ofSeconds(1801));
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
}
