package io.threadmill.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.threadmill.job.InvalidSetting;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedRedisIT {

  @TempDir Path folder;

  /** Runs in a JVM of its own that the test kills. */
  static final class Holder {
    public static void main(String[] args) throws IOException {
      EmbeddedRedis redis = EmbeddedRedis.start(Path.of(args[0]));
      redis.announce("http://127.0.0.1:1234");
      System.out.println(redis.uri());
      System.out.flush();
      int _ = System.in.read(); // until it is killed
    }
  }

  private record Child(Process process, URI uri) {
    static Child start(Path folder) throws IOException {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Holder.class.getName(),
                  folder.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      var out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      String line = out.readLine();
      while (line != null && !line.startsWith("redis://")) {
        line = out.readLine();
      }
      return new Child(process, URI.create(String.valueOf(line)));
    }
  }

  private static String command(URI uri, String... lines) {
    String password = uri.getUserInfo().substring(1);
    try (var socket = new Socket(uri.getHost(), uri.getPort())) {
      String all = "AUTH " + password + "\r\n" + String.join("\r\n", lines) + "\r\nQUIT\r\n";
      socket.getOutputStream().write(all.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  private ProcessHandle server() throws IOException {
    long pid = Long.parseLong(Files.readString(folder.resolve("redis.pid")).strip());
    return ProcessHandle.of(pid).orElseThrow();
  }

  @Test
  void theServerEndsWithItsKilledParentAndARestartFindsTheData() throws Exception {
    Child child = Child.start(folder);
    assertThat(command(child.uri(), "SET a 1")).contains("+OK");
    ProcessHandle server = server();
    assertThat(server.isAlive()).isTrue();
    child.process().destroyForcibly().waitFor();
    // A second on a machine at rest; this one may be busy.
    await().atMost(Duration.ofSeconds(5)).until(() -> !server.isAlive());
    try (var again = EmbeddedRedis.start(folder)) {
      assertThat(command(again.uri(), "GET a")).contains("$1\r\n1");
    }
  }

  @Test
  void aSecondServiceInTheFolderIsRefusedWithTheFirstsNameAndTheSettings() throws Exception {
    Child child = Child.start(folder);
    try {
      assertThatThrownBy(() -> EmbeddedRedis.start(folder))
          .isInstanceOf(InvalidSetting.class)
          .hasMessageContaining("http://127.0.0.1:1234")
          .hasMessageContaining("threadmill.redis.data-dir")
          .hasMessageContaining("spring.data.redis.url");
    } finally {
      child.process().destroyForcibly().waitFor();
    }
  }

  @Test
  void aServerThatIsKilledComesBackOnItsPortWithItsData() throws Exception {
    try (var redis = EmbeddedRedis.start(folder)) {
      command(redis.uri(), "SET a 1");
      ProcessHandle first = server();
      first.destroyForcibly();
      await()
          .atMost(Duration.ofSeconds(10))
          .ignoreExceptions()
          .until(() -> command(redis.uri(), "GET a").contains("$1\r\n1"));
      assertThat(server().pid()).isNotEqualTo(first.pid());
    }
  }

  @Test
  void aServerThatIsKilledAgainAndAgainRestsAndComesBack() throws Exception {
    try (var redis = EmbeddedRedis.start(folder, Duration.ofSeconds(5))) {
      for (int kills = 0; kills < 6; kills++) {
        awaitAnswer(redis);
        ProcessHandle killed = server();
        killed.destroyForcibly();
        killed.onExit().join();
      }
      awaitAnswer(redis);
    }
  }

  private static void awaitAnswer(EmbeddedRedis redis) {
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(() -> command(redis.uri(), "PING").contains("+PONG"));
  }

  @Test
  void closingEndsTheServerAndFreesTheFolder() throws Exception {
    var redis = EmbeddedRedis.start(folder);
    ProcessHandle server = server();
    redis.close();
    redis.close();
    assertThat(server.isAlive()).isFalse();
    EmbeddedRedis.start(folder).close();
  }

  @Test
  void itNeverEvictsAndKeepsItsPasswordToItself() throws Exception {
    try (var redis = EmbeddedRedis.start(folder)) {
      assertThat(command(redis.uri(), "CONFIG GET maxmemory-policy")).contains("noeviction");
      assertThat(Files.getPosixFilePermissions(folder.resolve("redis.conf")))
          .hasToString("[OWNER_READ, OWNER_WRITE]");
    }
  }
}
