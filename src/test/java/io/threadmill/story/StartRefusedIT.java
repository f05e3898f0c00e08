package io.threadmill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.threadmill.ThreadmillApplication;
import io.threadmill.redis.EmbeddedRedis;
import io.threadmill.redis.RedisFixture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A setting the service cannot work with ends the start with one line that names it. */
@ExtendWith(OutputCaptureExtension.class)
class StartRefusedIT {

  private static final String KEY = "a-key-of-twenty-characters";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "server.address=0.0.0.0 | server.address is 0.0.0.0",
        "server.address=no.such.host.invalid | server.address is \"no.such",
        "server.address= | server.address is empty",
        "management.server.port=0 | management.server.port is set",
        "management.server.address=0.0.0.0 | management.server.address is set",
        "management.server.ssl.enabled=true | management.server.ssl.enabled is set",
        "spring.data.redis.host=redis | spring.data.redis.host is not read",
        "spring.data.redis.ssl.enabled=true | spring.data.redis.ssl is not read",
        "threadmill.access.keys.a=short | threadmill.access.keys.a is not a usable key",
        "threadmill.access.keys.a=a key with spaces in it 123 | threadmill.access.keys.a is not",
        "threadmill.access.keys.a=sha256:12 | threadmill.access.keys.a is not a usable key",
        "threadmill.access.scopes.a=jobs:read | threadmill.access.scopes.a names a client without",
        "spring.data.redis.url=:: | spring.data.redis.url is not a URL",
        "spring.data.redis.url=http://localhost | spring.data.redis.url does not begin with",
        "spring.data.redis.url=redis://localhost:1 | spring.data.redis.url",
        "threadmill.pool.scrape.size=0 | threadmill.pool.scrape",
        "threadmill.pool.scrape.size=x | threadmill.pool.scrape.size is \"x\", which is not a",
        "threadmill.pool.scrape.min=600 | threadmill.pool.scrape.min (600) is above",
        "threadmill.pool.scrape.size=513 | threadmill.pool.scrape.size (513) is outside",
        "threadmill.pool.compute.max=0 | threadmill.pool.compute",
        "threadmill.queue.lease=14s | threadmill.queue.lease (14s) must be at least three times",
        "threadmill.queue.beat=1ms | threadmill.queue.beat must be at least 100ms",
        "threadmill.queue.max-jobs=0 | threadmill.queue.max-jobs is 0",
        "threadmill.queue.max-bytes=x | threadmill.queue.max-bytes is \"x\", which is not a",
        "threadmill.result.ttl=0s | threadmill.result.ttl must be between",
        "threadmill.result.ttl=x | threadmill.result.ttl is \"x\", which is not a",
        "threadmill.host.concurrency=0 | threadmill.host.concurrency is 0",
        "threadmill.host.delay=-1s | threadmill.host.delay must be between",
        "threadmill.drain.grace=-1s | threadmill.drain.grace must be between",
        "threadmill.drain.grace=1h | threadmill.drain.grace must be between",
        "threadmill.egress.allow=10.0.0.0/99 | threadmill.egress.allow: \"10.0.0.0/99\"",
        "threadmill.egress.ports=0 | threadmill.egress.ports: \"0\"",
        "threadmill.egress.ports=x | threadmill.egress.ports: \"x\"",
        "threadmill.demo.enabled=maybe | threadmill.demo.enabled is \"maybe\"",
        "threadmill.rehearse.enabled=maybe | threadmill.rehearse.enabled is \"maybe\"",
        "threadmill.reslt.ttl=1h | threadmill.reslt.ttl is no setting of Threadmill. Did you mean"
            + " threadmill.result.ttl?",
        "threadmill.no-such-thing.at-all=x | is no setting of Threadmill. Remove it; docs/",
        "threadmill.webhook.secret=hunter2 | threadmill.webhook.secret must be \"whsec_\" followed by",
        "threadmill.webhook.timeout=2m | threadmill.webhook.timeout must be between",
        "threadmill.webhook.retries=2d | threadmill.webhook.retries must be pauses between",
        "threadmill.pool.webhook.size=0 | threadmill.pool.webhook.size must be from 1 to",
        "threadmill.access.key.a=x | Did you mean threadmill.access.keys.<name>?",
      })
  void aBadSettingIsNamedInOneLine(String setting, String line, CapturedOutput output) {
    assertRefused(output, line, "--" + setting);
  }

  @Test
  void anUnknownScopeIsNamed(CapturedOutput output) {
    assertRefused(
        output,
        "threadmill.access.scopes.a holds \"all\", which is no scope",
        "--threadmill.access.keys.a=" + KEY,
        "--threadmill.access.scopes.a=all");
  }

  @Test
  void oneKeyForTwoClientsIsNamed(CapturedOutput output) {
    assertRefused(
        output,
        "threadmill.access.keys.b is the key of a too",
        "--threadmill.access.keys.a=" + KEY,
        "--threadmill.access.keys.b=" + KEY);
  }

  @Test
  void aTakenPortIsNamed(CapturedOutput output) throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertRefused(
          output,
          "server.port is " + taken.getLocalPort(),
          "--server.port=" + taken.getLocalPort());
    }
  }

  @Test
  void aRedisThatEvictsOrRefusesThePasswordIsNamed(@TempDir Path folder, CapturedOutput output)
      throws IOException {
    try (var redis = EmbeddedRedis.start(folder)) {
      var uri = redis.uri();
      String password = uri.getUserInfo().substring(uri.getUserInfo().indexOf(':') + 1);
      try (var socket = new Socket(uri.getHost(), uri.getPort())) {
        socket
            .getOutputStream()
            .write(
                ("AUTH " + password + "\r\nCONFIG SET maxmemory-policy allkeys-lru\r\nQUIT\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
            .doesNotContain("-ERR");
      }
      assertRefused(
          output, "maxmemory-policy is allkeys-lru", "--spring.data.redis.url=" + redis.uri());
      assertThat(output).contains("Run: redis-cli CONFIG SET maxmemory-policy noeviction");
      String before = output.toString();
      String wrong = "redis://:wrong@" + uri.getHost() + ":" + uri.getPort();
      assertThat(failure("--spring.data.redis.url=" + wrong)).isNotNull();
      assertThat(output.toString().substring(before.length()))
          .contains("spring.data.redis.url")
          .contains("refused the password")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void aRealProcessEndsWithOneAndOneLine(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertProcessRefused(
        folder, "threadmill.redis.data-dir", "--threadmill.redis.data-dir=" + file);
    assertProcessRefused(folder, "server.address is 0.0.0.0", "--server.address=0.0.0.0");
    assertProcessRefused(folder, "threadmill.result.ttl?", "--threadmill.reslt.ttl=1h");
  }

  private static void assertProcessRefused(Path folder, String line, String setting) {
    try (var service = ServiceProcess.launch(folder, setting)) {
      assertThat(service.awaitEnd()).isEqualTo(1);
      assertOneLine(service.log(), line);
    }
  }

  private static void assertRefused(CapturedOutput output, String line, String... settings) {
    String before = output.toString();
    assertThat(failure(settings)).as("the start was not refused").isNotNull();
    assertOneLine(output.toString().substring(before.length()), line);
  }

  private static void assertOneLine(String log, String line) {
    assertThat(log).doesNotContain("\tat ");
    assertThat(log.lines().filter(text -> text.contains("does not start")))
        .singleElement()
        .asString()
        .contains(line);
    assertThat(log.lines().filter(text -> text.contains(" ERROR "))).hasSize(1);
  }

  private static Throwable failure(String... settings) {
    List<String> arguments = new ArrayList<>(Arrays.asList(settings));
    if (arguments.stream().noneMatch(one -> one.startsWith("--spring.data.redis.url"))) {
      arguments.add("--spring.data.redis.url=" + RedisFixture.uri());
    }
    if (arguments.stream().noneMatch(one -> one.startsWith("--server.port"))) {
      arguments.add("--server.port=0");
    }
    return catchThrowable(() -> {
      try (var _ =
          new SpringApplicationBuilder(ThreadmillApplication.class)
              .run(arguments.toArray(String[]::new))) {
        // It should not have come to this.
      }
    });
  }
}
