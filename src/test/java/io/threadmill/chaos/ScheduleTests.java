package io.threadmill.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.chaos.Schedule.Step;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTests {

  private static Schedule draw(long seed, int minutes) {
    return Schedule.draw(seed, Duration.ofMinutes(minutes), Run.LEASE);
  }

  @Test
  void theSameSeedGivesTheSameScheduleAndAnotherAnother() {
    assertThat(draw(7, 5)).isEqualTo(draw(7, 5)).isNotEqualTo(draw(8, 5));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void twoMinutesHoldEachKindOnce(long seed) {
    assertThat(draw(seed, 2).steps().stream().map(Step::kind).collect(Collectors.toSet()))
        .containsAll(EnumSet.allOf(FaultKind.class));
  }

  @Test
  void aLanesFaultsComeOneAfterTheOther() {
    for (List<Step> lane : draw(3, 10).lanes()) {
      for (int i = 1; i < lane.size(); i++) {
        assertThat(lane.get(i).at())
            .isGreaterThan(lane.get(i - 1).at() + lane.get(i - 1).lasting());
      }
    }
  }
}
