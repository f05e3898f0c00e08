package io.threadmill.chaos;

import io.threadmill.chaos.History.Life;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One start of an instance as a process of its own. */
final class InstanceProcess {

  /** What all starts of a run have in common. */
  record Setup(
      Path folder, RunClock clock, Recording recording, Duration lease, int slots, Mutant mutant) {}

  private static final Duration READY = Duration.ofSeconds(90);

  private final Setup setup;
  private final int slot;
  private final int port;
  private final Process process;
  private final long begin;
  private volatile long ready;
  private volatile long stopAsked;
  private boolean told; // guarded by this

  InstanceProcess(Setup setup, int slot, int number, int port, int redisPort) {
    this.setup = setup;
    this.slot = slot;
    this.port = port;
    String name = slot + "-" + number;
    Path home = setup.folder().resolve("instance-" + slot);
    String classes = System.getProperty("java.class.path");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-D%s=%s"
                    .formatted(
                        ChaosInstance.LOG, setup.folder().resolve("exec-" + name + ".jsonl"))));
    setup.mutant().beans().ifPresent(type -> command.add("-D" + ChaosInstance.MUTANT + "=" + type));
    Path scripts = setup.mutant().scripts(setup.folder(), slot);
    command.addAll(
        List.of(
            "-cp",
            scripts == null ? classes : scripts + File.pathSeparator + classes,
            ChaosInstance.class.getName(),
            "--server.port=" + port,
            "--spring.data.redis.url=redis://127.0.0.1:" + redisPort,
            "--threadmill.queue.lease=" + setup.lease().toMillis() + "ms",
            "--threadmill.queue.beat=" + setup.lease().toMillis() / 4 + "ms",
            "--threadmill.pool.scrape.size=" + setup.slots(),
            "--threadmill.pool.scrape.min=" + setup.slots()));
    try {
      Files.createDirectories(home);
      begin = setup.clock().now();
      process =
          Processes.start(
              new ProcessBuilder(command)
                  .directory(home.toFile())
                  .redirectErrorStream(true)
                  .redirectOutput(setup.folder().resolve("instance-" + name + ".log").toFile()),
              setup.folder());
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  boolean isReady() {
    return ready > 0 && stopAsked == 0 && process.isAlive();
  }

  /** Waits until it takes work; false when it ended or the time is over. */
  boolean awaitReady(HttpClient http) {
    long end = System.nanoTime() + READY.toNanos();
    var request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"))
            .timeout(Duration.ofSeconds(2))
            .build();
    while (System.nanoTime() < end && process.isAlive()) {
      try {
        if (http.send(request, BodyHandlers.discarding()).statusCode() == 200) {
          ready = setup.clock().now();
          return true;
        }
      } catch (IOException _) {
        // Not yet.
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
    return false;
  }

  void freeze() {
    Processes.signal(process, "STOP");
  }

  void thaw() {
    Processes.signal(process, "CONT");
  }

  /** SIGKILL. */
  void kill() {
    Processes.kill(process);
    tell();
  }

  /** SIGTERM, and its end, at most so long. */
  void stop(Duration limit) {
    stopAsked = setup.clock().now();
    Processes.signal(process, "TERM");
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        Processes.kill(process);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      Processes.kill(process);
    }
    tell();
  }

  /** Writes its life down, once. */
  synchronized void tell() {
    if (!told) {
      told = true;
      boolean over = !process.isAlive();
      setup
          .recording()
          .life(
              new Life(
                  slot,
                  process.pid(),
                  begin,
                  ready,
                  stopAsked,
                  over ? setup.clock().now() : 0,
                  over ? process.exitValue() : -1));
    }
  }
}
