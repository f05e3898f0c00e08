package io.threadmill.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real redis-server of this process's own: on loopback, behind a random password, with an
 * append-only file, and never evicting. It ends with this process, also when that is killed: a
 * small shell holds the other end of a pipe that only this process keeps open. When the server
 * itself dies it is started again on the same port and data. Thread-safe.
 */
public final class EmbeddedRedis implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EmbeddedRedis.class);

  /**
   * Starts the server and ends it at the end of its standard input, which nothing else reads. The
   * server gets no standard input itself; interrupts of the terminal pass it by.
   */
  private static final String SCRIPT =
      """
      trap '' INT HUP
      exec 3<&0
      "$0" "$1" </dev/null 3<&- & p=$!
      { read -r _ <&3; kill -TERM $p; } 2>/dev/null & w=$!
      trap 'kill -TERM $p' TERM
      wait $p; rc=$?
      while kill -0 $p 2>/dev/null; do wait $p; rc=$?; done
      kill $w 2>/dev/null; exit $rc
      """;

  /** A large append-only file takes its time to load. */
  private static final Duration READY = Duration.ofMinutes(5);

  private static final Duration END = Duration.ofSeconds(10);

  /** Restarts within this are counted; a server that ends more often than that rests as long. */
  private static final Duration WINDOW = Duration.ofMinutes(1);

  private static final int MOST_RESTARTS = 5;

  private final DataFolder folder;
  private final Path program;
  private final int port;
  private final String password;
  private final Duration window;
  private final Deque<Long> restarts = new ArrayDeque<>(); // guarded by this
  private Process process; // guarded by this
  private volatile boolean closed;

  private EmbeddedRedis(DataFolder folder, Path program, int port, String password, Duration window)
      throws IOException {
    this.folder = folder;
    this.program = program;
    this.port = port;
    this.password = password;
    this.window = window;
    this.process = launch();
  }

  /**
   * Starts a server on the data of a folder and waits until it answers.
   *
   * @throws io.threadmill.job.InvalidSetting when the folder is in use or the program cannot run
   *     here
   */
  public static EmbeddedRedis start(Path dataDir) {
    return start(dataDir, WINDOW);
  }

  static EmbeddedRedis start(Path dataDir, Duration window) {
    DataFolder folder = DataFolder.hold(dataDir);
    try {
      Path program = RedisBinary.in(folder.file("bin"));
      byte[] secret = new byte[24];
      new SecureRandom().nextBytes(secret);
      var redis =
          new EmbeddedRedis(folder, program, freePort(), HexFormat.of().formatHex(secret), window);
      try {
        redis.awaitAnswer(redis.process);
      } catch (RuntimeException fault) {
        redis.close();
        throw fault;
      }
      redis.watch(redis.process);
      return redis;
    } catch (IOException fault) {
      folder.close();
      throw new UncheckedIOException(fault);
    } catch (RuntimeException fault) {
      folder.close();
      throw fault;
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Process launch() throws IOException {
    Path config = folder.file("redis.conf");
    Files.deleteIfExists(config);
    Files.createFile(
        config, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(config, configuration());
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      command.add("/usr/bin/setsid"); // a signal to our process group is not for it
    }
    command.addAll(List.of("/bin/sh", "-c", SCRIPT, program.toString(), config.toString()));
    return new ProcessBuilder(command)
        .directory(folder.path().toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private String configuration() {
    return """
    bind 127.0.0.1
    port %d
    requirepass %s
    dir "%s"
    pidfile "%s"
    logfile "%s"
    appendonly yes
    appendfsync everysec
    save ""
    maxmemory-policy noeviction
    """
        .formatted(
            port, password, folder.path(), folder.file("redis.pid"), folder.file("redis.log"));
  }

  /** An open port is not yet an answer: while its file is read the server says LOADING. */
  private void awaitAnswer(Process started) {
    long end = System.nanoTime() + READY.toNanos();
    while (System.nanoTime() < end && !closed) {
      if (answers()) {
        return;
      }
      try {
        if (started.waitFor(10, TimeUnit.MILLISECONDS)) {
          throw new IllegalStateException(
              "the embedded redis-server ended with code %d; see %s"
                  .formatted(started.exitValue(), folder.file("redis.log")));
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while starting Redis", interrupted);
      }
    }
    if (!closed) {
      throw new IllegalStateException(
          "the embedded redis-server did not answer; see " + folder.file("redis.log"));
    }
  }

  private boolean answers() {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      socket.setSoTimeout(500);
      socket
          .getOutputStream()
          .write(("AUTH " + password + "\r\nPING\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
      String said = new String(socket.getInputStream().readNBytes(256), StandardCharsets.US_ASCII);
      return said.contains("+PONG");
    } catch (IOException _) {
      return false;
    }
  }

  private void watch(Process watched) {
    var _ = watched.onExit().thenAcceptAsync(this::restart, EmbeddedRedis::inBackground);
  }

  private static void inBackground(Runnable work) {
    Thread.ofVirtual().name("redis-restart").start(work);
  }

  private void restart(Process ended) {
    try {
      Process started;
      synchronized (this) {
        if (closed) {
          return;
        }
        long now = System.nanoTime();
        restarts.removeIf(at -> now - at >= window.toNanos());
        if (restarts.size() >= MOST_RESTARTS) {
          log.error(
              "the embedded redis-server ended {} times within {} s and is started again after as"
                  + " long; see {}",
              restarts.size() + 1,
              window.toSeconds(),
              folder.file("redis.log"));
          CompletableFuture.delayedExecutor(
                  window.toMillis(), TimeUnit.MILLISECONDS, EmbeddedRedis::inBackground)
              .execute(() -> restart(ended));
          return;
        }
        restarts.add(now);
        log.warn(
            "the embedded redis-server ended with code {}; it is started again", ended.exitValue());
        ended.getOutputStream().close(); // where the shell alone was killed, its server ends now
        process = launch();
        started = process;
      }
      watch(started);
      awaitAnswer(started);
    } catch (IOException | RuntimeException fault) {
      log.error("the embedded redis-server could not be started again: {}", fault.toString());
    }
  }

  /** Where it listens, password included. */
  public URI uri() {
    return URI.create("redis://:" + password + "@127.0.0.1:" + port);
  }

  /** Tells a second service that finds the folder taken where this one listens. */
  public void announce(String owner) {
    folder.announce(owner);
  }

  /** Ends the server, its data written. Twice does no harm. */
  @Override
  public void close() {
    Process last;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      last = process;
    }
    try {
      last.getOutputStream().close();
      if (!last.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("the embedded redis-server did not end within {} s", END.toSeconds());
        last.descendants().forEach(ProcessHandle::destroyForcibly);
        last.destroyForcibly();
      }
    } catch (IOException _) {
      last.destroy();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      folder.close();
    }
  }
}
