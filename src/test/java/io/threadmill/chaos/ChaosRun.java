package io.threadmill.chaos;

import io.threadmill.chaos.ChaosChecker.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The main class behind {@code ./chaos/run}. Ends with 0 when every invariant held, or every
 * planted fault was caught; with 1 when not; with 2 when it could not find out.
 */
final class ChaosRun {

  private final PrintStream out = System.out;
  private final Options options;
  private final Path root;

  private ChaosRun(Options options, Path root) {
    this.options = options;
    this.root = root;
  }

  public static void main(String[] args) throws IOException {
    Options options;
    try {
      options = Options.parse(args, new SecureRandom().nextInt(1, 1_000_000));
    } catch (IllegalArgumentException wrong) {
      System.err.println("chaos: " + wrong.getMessage());
      System.err.print(Options.USAGE);
      System.exit(2);
      return;
    }
    Path root = Path.of(System.getProperty("chaos.folder"));
    try {
      System.exit(new ChaosRun(options, root).run() ? 0 : 1);
    } catch (InterruptedException | RuntimeException fault) {
      System.err.println("chaos: the run could not be carried out; see " + root);
      fault.printStackTrace();
      System.exit(2);
    }
  }

  private boolean run() throws IOException, InterruptedException {
    if (options.check() != null) {
      History history = HistoryReader.read(options.check());
      return new Report(out).tell(history, ChaosChecker.check(history), options.check());
    }
    return options.mutants().isEmpty() ? drawn() : planted();
  }

  private boolean drawn() throws IOException, InterruptedException {
    Path folder = Files.createDirectories(root.resolve("seed-" + options.seed()));
    Run run = Run.drawn(folder, options.seed(), options.lasting());
    out.printf("seed %d, %d s%n", options.seed(), options.lasting().toSeconds());
    out.println("schedule " + run.schedule().steps());
    run.go();
    History history = HistoryReader.read(folder);
    return new Report(out).tell(history, ChaosChecker.check(history), folder);
  }

  private boolean planted() throws IOException, InterruptedException {
    List<Mutant> mutants = options.mutants().stream().map(Mutants::named).toList();
    mutants.forEach(Mutant::check);
    boolean good = true;
    if (options.compared()) {
      Set<Scenario> scenarios = EnumSet.noneOf(Scenario.class);
      mutants.forEach(mutant -> scenarios.add(mutant.scenario()));
      for (Scenario scenario : scenarios) {
        good &= holds(scenario);
      }
    }
    int caught = 0;
    for (Mutant mutant : mutants) {
      caught += catches(mutant) ? 1 : 0;
    }
    out.printf("%d of %d planted faults caught%n", caught, mutants.size());
    return good && caught == mutants.size();
  }

  /** The product as it is passes what its mutants are caught by. */
  private boolean holds(Scenario scenario) throws IOException, InterruptedException {
    List<Verdict> verdicts = verdicts(Mutant.none(scenario), "none-" + scenario);
    List<Verdict> failed = verdicts.stream().filter(Verdict::failed).toList();
    out.printf(
        "%-22s %-11s %s%n",
        "none", scenario, failed.isEmpty() ? "passed" : "FAILED " + numbers(failed));
    failed.forEach(this::show);
    return failed.isEmpty();
  }

  private boolean catches(Mutant mutant) throws IOException, InterruptedException {
    List<Verdict> failed =
        verdicts(mutant, mutant.name()).stream().filter(Verdict::failed).toList();
    boolean caught =
        failed.stream().anyMatch(verdict -> verdict.invariant().number().equals(mutant.caughtBy()));
    out.printf(
        "%-22s %-11s %s %s: %s%n",
        mutant.name(),
        mutant.scenario(),
        caught ? "caught by" : "ESCAPED",
        caught
            ? mutant.caughtBy()
            : "from " + mutant.caughtBy() + ", failed are " + numbers(failed),
        mutant.planted());
    failed.stream()
        .filter(verdict -> verdict.invariant().number().equals(mutant.caughtBy()))
        .forEach(this::show);
    return caught;
  }

  private static List<String> numbers(List<Verdict> verdicts) {
    return verdicts.stream().map(verdict -> verdict.invariant().number()).toList();
  }

  private void show(Verdict verdict) {
    out.println("    " + verdict.line());
    verdict.findings().violations().stream()
        .limit(2)
        .forEach(violation -> out.println("       " + violation));
  }

  private List<Verdict> verdicts(Mutant mutant, String name)
      throws IOException, InterruptedException {
    Path folder = Files.createDirectories(root.resolve(name));
    Run.planted(folder, options.seed(), mutant).go();
    return ChaosChecker.check(HistoryReader.read(folder));
  }
}
