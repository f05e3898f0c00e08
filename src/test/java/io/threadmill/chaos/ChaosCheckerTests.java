package io.threadmill.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.chaos.ChaosChecker.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hand-written histories: good ones pass every check, each bad one fails the one it should. */
class ChaosCheckerTests {

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.threadmill.chaos.GoodHistories#all")
  void good(String what, History history) {
    assertThat(ChaosChecker.check(history))
        .as(what)
        .filteredOn(Verdict::failed)
        .extracting(verdict -> verdict.line() + verdict.findings().violations())
        .isEmpty();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("io.threadmill.chaos.BadHistories#all")
  void bad(String number, String what, History history) {
    assertThat(ChaosChecker.check(history))
        .as(what)
        .filteredOn(Verdict::failed)
        .extracting(verdict -> verdict.invariant().number())
        .contains(number);
  }

  @Test
  void everyInvariantHasABadHistory() {
    assertThat(BadHistories.all().map(row -> (String) row.get()[0]).distinct())
        .containsAll(ChaosChecker.ALL.stream().map(Invariant::number).toList());
  }

  @Test
  void aCheckThatHadNothingToLookAtFailsAFullRunOnly() {
    assertThat(ChaosChecker.check(new HistoryBuilder().build())).noneMatch(Verdict::failed);
    assertThat(ChaosChecker.check(new HistoryBuilder().whole().build()))
        .filteredOn(verdict -> verdict.invariant() instanceof Recovery)
        .singleElement()
        .matches(Verdict::failed);
  }

  @Test
  void aStallOfTheMachineIsAllowedFor() {
    assertThat(ChaosChecker.check(GoodHistories.killed(22_000).stall(10_000, 14_000).build()))
        .filteredOn(verdict -> verdict.invariant() instanceof Recovery)
        .singleElement()
        .matches(verdict -> !verdict.failed());
  }
}
