package io.threadmill.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * A program of the machine that a test runs. Where it is not installed the test is skipped, but in
 * CI, which installs every one, it fails.
 */
public final class Tool {

  private Tool() {}

  /** What a program printed, and how it ended. */
  public record Ended(int code, String output) {}

  /** The path of a program that CI installs. */
  public static Path named(String name) {
    Optional<Path> found =
        Stream.concat(
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":")),
                Stream.of("/usr/sbin", "/usr/local/sbin"))
            .map(folder -> Path.of(folder, name))
            .filter(Files::isExecutable)
            .findFirst();
    return found.orElseGet(() -> {
      throw missing(name, System.getenv("CI"));
    });
  }

  static RuntimeException missing(String name, @Nullable String ci) {
    String what = name + " is not installed here: see the tools in .ci/run";
    return "true".equals(ci) ? new IllegalStateException(what) : new TestAbortedException(what);
  }

  /** Runs to the end, within 20 seconds. */
  public static Ended run(Path log, Map<String, String> variables, List<String> command) {
    Process process = start(log, variables, command);
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException(command + " did not end:\n" + Files.readString(log));
      }
      return new Ended(process.exitValue(), Files.readString(log));
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Starts and does not wait; the caller ends it. */
  public static Process start(Path log, Map<String, String> variables, List<String> command) {
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(variables);
    try {
      return builder.start();
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }
}
