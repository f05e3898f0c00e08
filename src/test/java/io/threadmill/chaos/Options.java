package io.threadmill.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for on the command line.
 *
 * @param check a folder of an earlier run to check again, instead of a run
 * @param keep where histories are kept; null for a temporary folder that goes when all is well
 * @param mutants names of planted faults to run; empty for a run with a drawn schedule
 * @param compared whether the product as it is runs the planted faults' scenarios too
 */
record Options(
    long seed,
    Duration lasting,
    List<String> mutants,
    boolean compared,
    @Nullable Path keep,
    @Nullable Path check) {

  static final String USAGE =
      """
      usage: ./chaos/run [--seed N] [--minutes M] [--keep DIR]
             ./chaos/run --mutants | --mutant NAME ... | --two [--seed N] [--keep DIR]
             ./chaos/run --check DIR
      """;

  /**
   * @throws IllegalArgumentException saying what is wrong
   */
  static Options parse(String[] args, long anySeed) {
    Deque<String> left = new ArrayDeque<>(List.of(args));
    long seed = anySeed;
    double minutes = 2;
    List<String> mutants = new ArrayList<>();
    boolean compared = false;
    boolean two = false;
    Path keep = null;
    Path check = null;
    while (!left.isEmpty()) {
      String option = left.remove();
      switch (option) {
        case "--mutants" -> {
          compared = true;
          Mutants.ALL.forEach(mutant -> mutants.add(mutant.name()));
        }
        case "--two" -> two = true;
        case "--seed" -> seed = Long.parseLong(value(option, left));
        case "--minutes" -> minutes = Double.parseDouble(value(option, left));
        case "--mutant" -> mutants.add(Mutants.named(value(option, left)).name());
        case "--keep" -> keep = Path.of(value(option, left)).toAbsolutePath();
        case "--check" -> check = Path.of(value(option, left)).toAbsolutePath();
        default -> throw new IllegalArgumentException("no option " + option);
      }
    }
    if (two) { // once the seed is known
      int first = (int) Math.floorMod(seed, (long) Mutants.ALL.size());
      for (int step : new int[] {0, Mutants.ALL.size() / 2}) {
        mutants.add(Mutants.ALL.get((first + step) % Mutants.ALL.size()).name());
      }
    }
    if (minutes < 0.5 || minutes > 600) {
      throw new IllegalArgumentException("--minutes must be from 0.5 to 600");
    }
    return new Options(
        seed, Duration.ofMillis(Math.round(minutes * 60_000)), mutants, compared, keep, check);
  }

  private static String value(String option, Deque<String> left) {
    if (left.isEmpty()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return left.remove();
  }
}
