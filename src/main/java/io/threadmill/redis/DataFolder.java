package io.threadmill.redis;

import io.threadmill.job.InvalidSetting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The folder of an embedded server, held by one process at a time. The lock falls with its holder,
 * however that ends.
 */
final class DataFolder implements AutoCloseable {

  /** How long a server whose service was killed may take to end: some 70 ms were measured. */
  private static final long OLD_SERVER_SECONDS = 5;

  private final Path folder;
  private final FileChannel channel;

  private DataFolder(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * @throws InvalidSetting when another process works in the folder, or it cannot be written
   */
  static DataFolder hold(Path path) {
    Path folder = path.toAbsolutePath().normalize();
    FileChannel channel;
    try {
      Files.createDirectories(folder);
      channel =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException fault) {
      throw unusable(folder, fault);
    }
    var held = new DataFolder(folder, channel);
    try {
      if (lock(channel) == null) {
        throw inUse(folder);
      }
      held.announce("process " + ProcessHandle.current().pid());
      held.awaitOldServersEnd();
      return held;
    } catch (IOException fault) {
      held.close();
      throw unusable(folder, fault);
    } catch (RuntimeException fault) {
      held.close();
      throw fault;
    }
  }

  private static InvalidSetting unusable(Path folder, IOException fault) {
    return new InvalidSetting(
        "threadmill.redis.data-dir",
        "the folder " + folder + " cannot be used: " + fault.getClass().getSimpleName() + ".",
        "Name a folder that this user may write to.");
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException _) {
      return null; // held within this very process
    }
  }

  private static InvalidSetting inUse(Path folder) {
    String owner;
    try {
      owner = Files.readString(folder.resolve("owner")).strip();
    } catch (IOException _) {
      owner = "another process";
    }
    return new InvalidSetting(
        "threadmill.redis.data-dir",
        "the folder " + folder + " is in use by " + owner + ".",
        "Name another folder for a service of its own, or share that one's Redis through"
            + " spring.data.redis.url.");
  }

  /** Tells whoever finds the folder taken by whom. */
  void announce(String owner) {
    try {
      Files.writeString(folder.resolve("owner"), owner + "\n");
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  private void awaitOldServersEnd() throws IOException {
    Path pidFile = folder.resolve("redis.pid");
    if (!Files.exists(pidFile)) {
      return;
    }
    String text = Files.readString(pidFile).strip();
    if (text.isEmpty() || !text.chars().allMatch(Character::isDigit) || text.length() > 18) {
      return;
    }
    ProcessHandle old = ProcessHandle.of(Long.parseLong(text)).orElse(null);
    if (old == null || !isRedis(old)) {
      return;
    }
    try {
      old.onExit().get(OLD_SERVER_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException _) {
      throw new InvalidSetting(
          "threadmill.redis.data-dir",
          "a redis-server of process " + old.pid() + " still works in " + folder + ".",
          "End it, or name another folder.");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while starting Redis", interrupted);
    } catch (ExecutionException _) {
      // Its end cannot be watched; starting will show whether it is gone.
    }
  }

  private static boolean isRedis(ProcessHandle process) {
    return process.info().command().map(command -> command.contains("redis-server")).orElse(false);
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  Path path() {
    return folder;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }
}
