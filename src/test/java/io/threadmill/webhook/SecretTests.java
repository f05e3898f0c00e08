package io.threadmill.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretTests {

  private static String secretOf(int bytes) {
    return "whsec_" + Base64.getEncoder().encodeToString(new byte[bytes]);
  }

  /** The vector that the libraries of Standard Webhooks are tested with. */
  @Test
  void signsAsStandardWebhooksSays() {
    Secret secret = Secret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").orElseThrow();
    byte[] body = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);
    assertThat(secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330L, body))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void aSecretHas24To64Bytes() {
    assertThat(Secret.parse(secretOf(23))).isEmpty();
    assertThat(Secret.parse(secretOf(24))).isPresent();
    assertThat(Secret.parse(secretOf(64))).isPresent();
    assertThat(Secret.parse(secretOf(65))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "whsec_",
        "***",
        "whsec_not base64 at all, but long enough",
        "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
      })
  void anotherFormIsNoSecret(String text) {
    assertThat(Secret.parse(text)).isEmpty();
  }

  @Test
  void aSecretDoesNotShowInText() {
    assertThat(Secret.parse(secretOf(24)).orElseThrow().toString()).doesNotContain("AAAA");
    var settings =
        new WebhookProperties(
            java.util.List.of(secretOf(24)), java.time.Duration.ofSeconds(1), java.util.List.of());
    assertThat(settings.toString()).doesNotContain("AAAA");
  }
}
