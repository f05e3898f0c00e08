package io.threadmill.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.threadmill.job.Instance;
import io.threadmill.job.InvalidSetting;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisson.api.RedissonClient;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A server that does not tell all about itself. */
@ExtendWith(OutputCaptureExtension.class)
class RedisConnectionIT {

  private static final String PASSWORD = "a-password-of-its-own";

  @BeforeEach
  void addUser() {
    RedisFixture.command("ACL SETUSER guest on >" + PASSWORD + " ~* &* +@all -config");
  }

  @AfterEach
  void removeUser() {
    RedisFixture.command("ACL DELUSER guest");
  }

  @Test
  void aServerThatHidesItsPolicyIsUsedWithAWarning(CapturedOutput output) {
    URI server = RedisFixture.uri();
    String address =
        "redis://guest:%s@%s:%d".formatted(PASSWORD, server.getHost(), server.getPort());
    RedissonClient client =
        RedisConnection.open(RedisAddress.parse(address), new Instance("guest"));
    try {
      assertThat(RedisConnection.maxMemory(client)).isNotNegative();
      assertThat(output).contains("does not tell its maxmemory-policy: make sure it is noeviction");
    } finally {
      client.shutdown();
    }
  }

  @Test
  void jobsOfAnotherVersionsFormAreNotMisread() {
    try (var store = new QueueHarness()) {
      store.submit(QueueHarness.aJob());
      RedisAddress address = RedisAddress.parse(RedisFixture.uri().toString());
      RedisConnection.open(address, new Instance("equal")).shutdown();
      RedisFixture.command("HSET {tm}:clk form A");
      assertThatThrownBy(() -> RedisConnection.open(address, new Instance("other")))
          .isInstanceOf(InvalidSetting.class)
          .hasMessageContaining("spring.data.redis.url")
          .hasMessageContaining("jobs of another version");
      RedisFixture.command("HDEL {tm}:clk form");
      assertThatThrownBy(() -> RedisConnection.open(address, new Instance("older")))
          .isInstanceOf(InvalidSetting.class);
      RedisFixture.command("DEL {tm}:x:all");
      RedisConnection.open(address, new Instance("later")).shutdown();
    }
    RedisFixture.flush();
  }
}
