package io.threadmill.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Which share of this machine's processors went to others than the run's own processes since the
 * last look, as Linux tells it; none elsewhere. One thread.
 */
final class ForeignLoad {

  private static final Path STAT = Path.of("/proc/stat");

  private final Path pids;
  private long lastAll;
  private long lastIdle;
  private long lastOwn;

  /**
   * @param folder where the run's processes are noted
   */
  ForeignLoad(Path folder) {
    pids = folder.resolve("pids");
    double _ = share();
  }

  double share() {
    try {
      if (!Files.exists(STAT)) {
        return 0;
      }
      // cpu user nice system idle iowait irq softirq steal
      String[] words = Files.readAllLines(STAT).getFirst().split("\\s+");
      long all = 0;
      for (int i = 1; i <= 8; i++) {
        all += Long.parseLong(words[i]);
      }
      long idle = Long.parseLong(words[4]) + Long.parseLong(words[5]);
      long own = ticks(ProcessHandle.current().pid());
      for (String pid : Files.exists(pids) ? Files.readAllLines(pids) : List.<String>of()) {
        own += ticks(Long.parseLong(pid));
      }
      long span = all - lastAll;
      long foreign = span - (idle - lastIdle) - Math.max(0, own - lastOwn);
      lastAll = all;
      lastIdle = idle;
      lastOwn = own;
      return span <= 0 ? 0 : Math.clamp((double) foreign / span, 0, 0.95);
    } catch (IOException | NumberFormatException _) {
      return 0;
    }
  }

  /** A process that is gone has none: what it used is seen as others' for one look. */
  private static long ticks(long pid) throws IOException {
    Path stat = Path.of("/proc/" + pid + "/stat");
    if (!Files.exists(stat)) {
      return 0;
    }
    String text = Files.readString(stat);
    String[] words = text.substring(text.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(words[11]) + Long.parseLong(words[12]);
  }
}
