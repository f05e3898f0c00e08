package io.threadmill.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LastResortTests {

  /** A process whose stop hangs. */
  static final class Hanging {
    public static void main(String[] args) throws Exception {
      var never = new CountDownLatch(1);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(() -> {
                while (true) {
                  try {
                    never.await();
                  } catch (InterruptedException _) {
                    // it hangs on
                  }
                }
              }));
      LastResort resort = LastResort.arm(Duration.ofMillis(300));
      if (args.length > 0) {
        resort.close();
      }
      System.out.println("ready");
      never.await();
    }
  }

  private static Process hanging(String... args) throws Exception {
    var command =
        new java.util.ArrayList<>(
            java.util.List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Hanging.class.getName()));
    command.addAll(java.util.List.of(args));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    process.destroy();
    return process;
  }

  @Test
  void aStopThatHangsEndsAllTheSame() throws Exception {
    Process process = hanging();
    try {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aServiceThatWasStoppedInAProcessThatGoesOnEndsNothing() throws Exception {
    Process process = hanging("closed");
    try {
      assertThat(process.waitFor(1, TimeUnit.SECONDS)).isFalse();
    } finally {
      process.destroyForcibly();
      process.waitFor();
    }
  }
}
