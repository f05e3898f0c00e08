package io.threadmill.chaos;

import io.threadmill.chaos.Schedule.Step;
import java.time.Duration;

/** Short schedules, each made to bring one sort of planted fault to light. */
enum Scenario {
  /** Load and no fault. */
  CALM(Duration.ofSeconds(15), Schedule.none()),
  /** An instance sleeps past its lease with work in its hands, and wakes. */
  FREEZE(Duration.ofSeconds(18), Schedule.of(new Step(2000, FaultKind.FREEZE_LEASE, 0, 11_000))),
  /** Answers to takes are lost, one at a time. */
  LOST_TAKES(Duration.ofSeconds(24), Schedule.of(new Step(2000, FaultKind.LOST_TAKES, -1, 10_000))),
  /** An instance dies and another is killed later. */
  KILL(Duration.ofSeconds(22), Schedule.of(new Step(3000, FaultKind.KILL, 0, 1000))),
  /** SIGTERM at one instance after the other. */
  TERM(Duration.ofSeconds(15), Schedule.of(new Step(2000, FaultKind.TERM, -1, 1500)));

  private final Duration lasting;
  private final Schedule schedule;

  Scenario(Duration lasting, Schedule schedule) {
    this.lasting = lasting;
    this.schedule = schedule;
  }

  Duration lasting() {
    return lasting;
  }

  Schedule schedule() {
    return schedule;
  }
}
