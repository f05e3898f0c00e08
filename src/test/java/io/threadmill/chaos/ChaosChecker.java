package io.threadmill.chaos;

import java.util.List;

/** Holds a history against all invariants. */
final class ChaosChecker {

  static final List<Invariant> ALL =
      List.of(
          new NoLoss(),
          new NoInvention(),
          new OneOutcome(),
          new Fencing(),
          new BoundedOverlap(),
          new ExecutionCount(),
          new Recovery(),
          new Idempotence(),
          new LegalMoves(),
          new Conservation(),
          new Orphans(),
          new Delays(),
          new KeyOrder(),
          new KeyLimits(),
          new Fairness(),
          new Cancels(),
          new Streams(),
          new Drains(),
          new Liveness(),
          new Walks());

  /** One invariant and what came of it. */
  record Verdict(Invariant invariant, Findings findings, boolean mustLook) {

    boolean failed() {
      return findings.wrong() > 0 || mustLook && findings.nothingToLookAt();
    }

    String line() {
      String result = failed() ? "FAILED" : findings.nothingToLookAt() ? "-" : "passed";
      String found =
          findings.wrong() > 0
              ? findings.wrong() + " violations in " + findings.seen()
              : findings.nothingToLookAt() ? "nothing to look at" : findings.seen();
      return String.format(
          java.util.Locale.ROOT,
          "%-4s %-55s %-7s %s",
          invariant.number(),
          invariant.title(),
          result,
          found);
    }
  }

  private ChaosChecker() {}

  /** A run of full length must have given each of them something to look at. */
  static List<Verdict> check(History history) {
    var evidence = new Evidence(history);
    boolean whole = history.setup().whole();
    return ALL.stream()
        .map(invariant -> new Verdict(invariant, invariant.check(evidence), whole))
        .toList();
  }
}
