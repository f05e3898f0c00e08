package io.threadmill.web.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The check of what is sent to receivers lets pass what is right and names what is wrong. */
class CallOutsTests {

  private static final String RIGHT =
      Operations.assembled().at("/components/examples/BatchFinished/value").toString();

  private static Map<String, String> headers() {
    return new TreeMap<>(
        Map.of(
            "host", "you.example",
            "content-type", "application/cloudevents+json",
            "webhook-id", "01m8708md700000004810961a3",
            "webhook-timestamp", "1795608000",
            "webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
  }

  @Test
  void whatIsRightPasses() {
    assertThat(CallOuts.faults("POST", headers(), RIGHT)).isEmpty();
    Map<String, String> rotated = headers();
    rotated.computeIfPresent("webhook-signature", (_, one) -> one + " " + one);
    assertThat(CallOuts.faults("POST", rotated, RIGHT)).isEmpty();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      nullValues = "none",
      value = {
        "webhook-signature, none,             webhook-signature is missing",
        "webhook-signature, whsec_AAAA,       the header webhook-signature:",
        "webhook-timestamp, soon,             the header webhook-timestamp:",
        "webhook-id,        1,                the header webhook-id:",
        "x-debug,           1,                x-debug is not documented",
        "content-type,      application/json, media type application/json"
      })
  void aWrongHeaderIsNamed(String name, String value, String fault) {
    Map<String, String> headers = headers();
    headers.remove(name);
    if (value != null) {
      headers.put(name, value);
    }
    assertThat(CallOuts.faults("POST", headers, RIGHT)).singleElement().asString().contains(fault);
  }

  @ParameterizedTest
  @CsvSource({
    "'\"total\":3',                       '\"total\":3,\"secret\":\"x\"', secret",
    "'\"total\":3,',                      '',                             total",
    "io.threadmill.batch.finished,        io.threadmill.batch.begun,      no webhook of the document",
    "'\"specversion\":\"1.0\"',           '\"specversion\":\"0.3\"',      specversion",
  })
  void aWrongBodyIsNamed(String part, String other, String fault) {
    assertThat(RIGHT).contains(part);
    assertThat(CallOuts.faults("POST", headers(), RIGHT.replace(part, other)))
        .isNotEmpty()
        .anySatisfy(named -> assertThat(named).contains(fault));
  }

  @Test
  void anotherMethodAndNoJsonAreNamed() {
    assertThat(CallOuts.faults("PUT", headers(), RIGHT)).containsExactly("the method is PUT");
    assertThat(CallOuts.faults("POST", headers(), "{")).singleElement().asString().contains("JSON");
  }
}
