package io.threadmill.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The line to try works where it is printed. */
class GreetingTests {

  @Test
  void aServiceAsItComesIsTriedOnItsDemo() {
    List<String> lines = Greeting.lines("127.0.0.1", 8080, false, true);
    assertThat(lines.getFirst()).isEqualTo("Threadmill listens on http://127.0.0.1:8080");
    assertThat(lines.getLast())
        .startsWith("Try: curl -s http://127.0.0.1:8080/v1/jobs ")
        .contains("\"url\":\"http://127.0.0.1:8080/demo/products/1\"")
        .doesNotContain("Authorization");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, http://127.0.0.1:8080, http://127.0.0.1:8080",
    "localhost, http://localhost:8080, http://localhost:8080",
    "::1,       http://[::1]:8080,     http://[::1]:8080",
    "0.0.0.0,   http://0.0.0.0:8080,   http://127.0.0.1:8080",
    "'::',      http://[::]:8080,      http://127.0.0.1:8080",
  })
  void anAddressIsWrittenAsAUrlHoldsIt(String address, String listens, String tried) {
    List<String> lines = Greeting.lines(address, 8080, false, false);
    assertThat(lines)
        .containsExactly(
            "Threadmill listens on " + listens, "Try: curl -s " + tried + "/v1/jobs/counts");
  }

  @Test
  void aServiceWithKeysAsksForOneAndWithoutDemoForNoPageOfIt() {
    assertThat(Greeting.lines("10.1.2.3", 80, true, false).getLast())
        .isEqualTo(
            "Try: curl -s http://10.1.2.3:80/v1/jobs/counts -H 'Authorization: Bearer <key>'");
  }
}
