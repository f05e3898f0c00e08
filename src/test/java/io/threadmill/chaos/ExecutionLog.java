package io.threadmill.chaos;

import io.threadmill.job.JobContext;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Appends a line for each begin and end of an execution. A line is handed to the kernel whole
 * before the job goes on, so a killed process leaves all it has done. Thread-safe.
 */
final class ExecutionLog {

  private final FileOutputStream file; // not a channel: an interrupt would close that
  private final long pid = ProcessHandle.current().pid();

  ExecutionLog(Path path) {
    try {
      file = new FileOutputStream(path.toFile(), true);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  void begin(JobContext job, String token) {
    write("begin", job, token);
  }

  /**
   * @param how {@code done}, {@code failed} or {@code interrupted}
   */
  void end(JobContext job, String how) {
    write("end", job, how);
  }

  private void write(String what, JobContext job, String detail) {
    String line =
        """
        {"e":"%s","id":"%s","run":%d,"attempt":%d,"pid":%d,"nanos":%d,"wall":%d,"detail":"%s"}
        """
            .formatted(
                what,
                job.id(),
                job.run(),
                job.attempt(),
                pid,
                System.nanoTime(),
                System.currentTimeMillis(),
                detail);
    try {
      synchronized (file) {
        file.write(line.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }
}
