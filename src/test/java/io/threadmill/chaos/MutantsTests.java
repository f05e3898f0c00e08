package io.threadmill.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.threadmill.chaos.Mutant.Patch;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MutantsTests {

  static Stream<Mutant> mutants() {
    return Mutants.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void aPlantedFaultAppliesAndNamesAnInvariantThereIs(Mutant mutant) {
    mutant.check();
    assertThat(ChaosChecker.ALL).extracting(Invariant::number).contains(mutant.caughtBy());
    assertThat(mutant.patches().isEmpty()).isEqualTo(mutant.beans().isPresent());
  }

  @Test
  void aFaultThatNoLongerAppliesIsToldAndNotPassedOver() {
    var stale =
        new Mutant(
            "stale",
            "nothing",
            Scenario.CALM,
            "I1",
            List.of(new Patch("take", "text that is not there", "")),
            Optional.empty());
    assertThatIllegalStateException()
        .isThrownBy(stale::check)
        .withMessageContaining("stale")
        .withMessageContaining("take.lua");
  }
}
