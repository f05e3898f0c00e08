package io.threadmill.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/** What instances and Redis have in common as processes of the system. */
final class Processes {

  private Processes() {}

  /** Starts one and notes its id, so that the script which started the run can end it too. */
  static Process start(ProcessBuilder builder, Path folder) throws IOException {
    Process process = builder.start();
    Files.writeString(
        folder.resolve("pids"),
        process.pid() + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    return process;
  }

  /** Sends a signal by its name, such as {@code STOP}. */
  static void signal(Process process, String name) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
      boolean _ = kill.waitFor(5, TimeUnit.SECONDS);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** SIGKILL, and its end. A stopped process dies of it as well. */
  static void kill(Process process) {
    process.destroyForcibly();
    try {
      boolean _ = process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }
}
