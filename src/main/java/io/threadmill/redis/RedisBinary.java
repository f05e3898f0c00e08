package io.threadmill.redis;

import io.threadmill.job.InvalidSetting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import redis.embedded.core.ExecutableProvider;

/**
 * The redis-server program that comes in a jar. Only the program is used: the library's own way of
 * starting it leaves files behind and a server that outlives the service.
 */
final class RedisBinary {

  private static final String SETTING = "spring.data.redis.url";
  private static final String FIX =
      "Point the setting at a Redis 6.2 or newer of your own, such as redis://localhost:6379.";

  private RedisBinary() {}

  /**
   * The program, unpacked into a folder once.
   *
   * @throws InvalidSetting where it cannot work on this machine
   */
  static Path in(Path folder) {
    if (System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("win")) {
      throw new InvalidSetting(
          SETTING, "is not set, and there is no embedded Redis of version 6.2 for Windows.", FIX);
    }
    try {
      Files.createDirectories(folder);
      Path program = ExecutableProvider.newJarResourceProvider(folder.toFile()).get().toPath();
      verify(program);
      return program;
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  /** Runs it once: a missing library (musl, OpenSSL 1.1) shows here and not as a failed start. */
  private static void verify(Path program) throws IOException {
    Process process;
    try {
      process =
          new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
    } catch (IOException noLoader) { // another C library, such as musl: its loader is missing
      throw refused("it cannot be started");
    }
    try {
      String said = new String(process.getInputStream().readNBytes(4096), StandardCharsets.UTF_8);
      if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw refused(said.strip().lines().findFirst().orElse("no output"));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while starting Redis", interrupted);
    } finally {
      process.destroyForcibly();
    }
  }

  private static InvalidSetting refused(String reason) {
    return new InvalidSetting(
        SETTING,
        "is not set, and the embedded Redis does not run here: "
            + reason
            + ". It needs glibc and OpenSSL 3.",
        FIX);
  }
}
