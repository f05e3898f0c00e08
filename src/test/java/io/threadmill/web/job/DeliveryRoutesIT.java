package io.threadmill.web.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.webhook.Receiver;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** What is shown of deliveries, and what a client can have done with them. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class DeliveryRoutesIT extends WebhookServiceIT {

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
    String batch = location(post("/v1/batches", "{\"type\":\"rehearse\",\"items\":[]}"));
    assertThat(get(batch + "/deliveries").body()).isEqualTo("{\"deliveries\":[]}");
    assertThat(json(post(batch + "/deliveries/1/redeliver", "")).path("type").asString())
        .isEqualTo("/problems/delivery-not-found");
    String aJob = batch.replace("/v1/batches", "/v1/jobs") + "/deliveries";
    assertThat(json(get(aJob)).path("type").asString()).isEqualTo("/problems/job-not-found");
    String aBatch = job.replace("/v1/jobs", "/v1/batches") + "/deliveries";
    for (HttpResponse<String> answer : List.of(get(aBatch), post(aBatch + "/1/redeliver", ""))) {
      assertThat(json(answer).path("type").asString()).isEqualTo("/problems/batch-not-found");
    }
  }

  @Test
  void aDeadLetterOfABatchIsDeliveredAgain() {
    try (Receiver receiver = Receiver.answering(410, 200)) {
      String batch =
          location(
              post(
                  "/v1/batches",
                  "{\"type\":\"rehearse\",\"items\":[{}],\"webhook\":%s}".formatted(to(receiver))));
      JsonNode dead = awaitState(batch, "failed");
      assertThat(dead.path("event").asString()).isEqualTo("io.threadmill.batch.finished");
      HttpResponse<String> again = post(batch + "/deliveries/1/redeliver", "");
      assertThat(again.statusCode()).isEqualTo(202);
      assertThat(json(again).path("id")).isEqualTo(dead.path("id"));
      assertThat(awaitState(batch, "succeeded").path("attempts")).hasSize(2);
    }
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

  @Test
  void aCancelledJobAndACancelledBatchAreTold() {
    try (Receiver receiver = Receiver.answering(200)) {
      String job =
          submit(
              "{\"type\":\"rehearse\",\"params\":{},\"delay\":\"1h\",\"webhook\":%s}"
                  .formatted(to(receiver)));
      post(job + "/cancel", "");
      assertThat(awaitState(job, "succeeded").path("event").asString())
          .isEqualTo("io.threadmill.job.cancelled");
      String batch =
          location(
              post(
                  "/v1/batches",
                  "{\"type\":\"rehearse\",\"items\":[{}],\"delay\":\"1h\",\"webhook\":%s}"
                      .formatted(to(receiver))));
      post(batch + "/cancel", "");
      assertThat(awaitState(batch, "succeeded").path("event").asString())
          .isEqualTo("io.threadmill.batch.cancelled");
    }
  }
}
