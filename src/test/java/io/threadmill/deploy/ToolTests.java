package io.threadmill.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class ToolTests {

  @Test
  void aMissingToolSkipsATestButFailsItInCi() {
    assertThat(Tool.missing("haproxy", null)).isInstanceOf(TestAbortedException.class);
    assertThat(Tool.missing("haproxy", "true"))
        .isNotInstanceOf(TestAbortedException.class)
        .hasMessageContaining("haproxy is not installed");
    assertThatThrownBy(() -> Tool.named("no-such-program")).hasMessageContaining("no-such-program");
  }

  @Test
  void ciSaysThatItIsCiAndInstallsWhatTheTestsNeed() {
    String script = Compose.read(".ci/run");
    assertThat(script).contains("export CI=true");
    assertThat(script).contains("for tool in curl jq haproxy prometheus;");
    assertThat(List.of("bash", "sh")).allSatisfy(tool -> assertThat(Tool.named(tool)).exists());
  }
}
