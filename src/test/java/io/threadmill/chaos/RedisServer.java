package io.threadmill.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import redis.embedded.core.ExecutableProvider;

/**
 * The redis-server of a run, the program that the product brings along, on a port and a data folder
 * of its own. Each write is synced before its answer, so that what was answered is there after a
 * kill: with {@code everysec} the server may put a write off while an older sync is under way.
 */
final class RedisServer implements AutoCloseable {

  private final Path folder;
  private final Path program;
  private final int port = Processes.freePort();
  private Process process;

  RedisServer(Path folder) {
    this.folder = folder;
    try {
      Path data = Files.createDirectories(folder.resolve("redis"));
      program = ExecutableProvider.newJarResourceProvider(data.toFile()).get().toPath();
      Files.writeString(
          data.resolve("redis.conf"),
          """
          bind 127.0.0.1
          port %d
          dir "%s"
          logfile "%s"
          appendonly yes
          appendfsync always
          save ""
          maxmemory-policy noeviction
          """
              .formatted(port, data, data.resolve("redis.log")));
      process = launch();
      awaitAnswer();
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  private Process launch() throws IOException {
    return Processes.start(
        new ProcessBuilder(program.toString(), folder.resolve("redis/redis.conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD),
        folder);
  }

  int port() {
    return port;
  }

  /** Starts it again on its data after a kill, and waits until it answers. */
  void restart() {
    try {
      process = launch();
      awaitAnswer();
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  private void awaitAnswer() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end) {
      try (var wire = new RedisWire(port)) {
        wire.ask("PING");
        return;
      } catch (IOException _) { // not yet, or it still loads its file
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
    throw new IllegalStateException("Redis does not answer; see " + folder.resolve("redis"));
  }

  void kill() {
    Processes.kill(process);
  }

  void freeze() {
    Processes.signal(process, "STOP");
  }

  void thaw() {
    Processes.signal(process, "CONT");
  }

  @Override
  public void close() {
    kill();
  }
}
