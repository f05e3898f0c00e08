package io.threadmill.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.web.ServiceIT;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.test.context.TestPropertySource;

/** The container's health check, run as the engine would. */
@Timeout(60)
@TestPropertySource(properties = "threadmill.access.keys.main=a-key-of-twenty-characters")
class HealthScriptIT extends ServiceIT {

  @TempDir Path folder;

  private Tool.Ended check(int port, String... path) {
    var command = new java.util.ArrayList<>(List.of("deploy/health"));
    command.addAll(List.of(path));
    return Tool.run(
        folder.resolve("health.log"),
        Map.of("SERVER_PORT", Integer.toString(port), "SERVER_ADDRESS", "0.0.0.0"),
        command);
  }

  @Test
  void aReadyServiceIsHealthyAndSaysNothing() {
    assertThat(check(port)).isEqualTo(new Tool.Ended(0, ""));
    assertThat(check(port, "/actuator/health/liveness").code()).isZero();
  }

  @Test
  void anotherStatusIsNot() throws Exception {
    assertThat(check(port, "/actuator/pool").output()).contains("answered 401");
    try (var refusing = RawInstance.answering(503)) {
      var ended = check(refusing.port());
      assertThat(ended.code()).isEqualTo(1);
      assertThat(ended.output()).contains("answered 503");
    }
  }

  @Test
  void aClosedPortIsNot() {
    assertThat(check(HaproxyProcess.freePort()).code()).isEqualTo(1);
  }

  @Test
  void aServiceThatTakesTheCallAndSaysNothingIsNot() throws Exception {
    try (var mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var ended = check(mute.getLocalPort());
      // 124 where a busy machine takes a second for the rest: then the limit on the whole ends it.
      assertThat(ended.code()).isIn(1, 124);
    }
  }
}
