package io.threadmill.web.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.web.ServiceIT;
import io.threadmill.webhook.Receiver;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** A service that may deliver to receivers on this machine, and what its tests have in common. */
@TestPropertySource(
    properties = {
      "threadmill.webhook.secret=" + WebhookServiceIT.SERVICES + "," + WebhookServiceIT.BEFORE,
      "threadmill.webhook.timeout=2s",
      "threadmill.webhook.retries=100ms,100ms,1h",
      "threadmill.egress.allow=127.0.0.0/8"
    })
abstract class WebhookServiceIT extends ServiceIT {

  static final String SERVICES = "whsec_c2VydmljZXMgc2VjcmV0IG9mIDI0IGJ5dGVz";
  static final String BEFORE = "whsec_dGhlIG9uZSBiZWZvcmUsIG9mIDI3IGJ5dGVz";
  static final String OWN = "whsec_TXlPd25DYW5hcnlTZWNyZXRPZjI3Qnl0ZXMh";
  static final Duration SOON = Duration.ofSeconds(40);

  static String job(String webhook) {
    return "{\"type\":\"rehearse\",\"params\":{\"result\":{\"n\":1}},\"webhook\":%s}"
        .formatted(webhook);
  }

  static String to(Receiver receiver) {
    return "{\"url\":\"%s\",\"secret\":\"%s\"}".formatted(receiver.url(), OWN);
  }

  static String location(HttpResponse<String> answer) {
    return answer.headers().firstValue("Location").orElseThrow();
  }

  String submit(String body) {
    HttpResponse<String> answer = post("/v1/jobs", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return location(answer);
  }

  /** The first delivery of a job or a batch. */
  JsonNode delivery(String of) {
    return json(get(of + "/deliveries")).path("deliveries").path(0);
  }

  JsonNode awaitState(String of, String state) {
    return await()
        .atMost(SOON)
        .until(() -> delivery(of), read -> read.path("state").asString("").equals(state));
  }
}
