package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.BROKEN;
import static io.threadmill.redis.QueueHarness.aJob;
import static io.threadmill.redis.QueueHarness.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.Ending;
import io.threadmill.job.JobId;
import io.threadmill.job.JobLifecycle;
import io.threadmill.job.JobLifecycle.Event;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobState;
import io.threadmill.job.TakenJob;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation on a job in every state, against the one table of legal moves. */
class LifecycleIT {

  private QueueHarness store;
  private JobQueue a;
  private JobId id;
  private @Nullable TakenJob taken;

  @BeforeEach
  void open() {
    store = new QueueHarness();
    a = store.instance("a");
    taken = null;
  }

  @AfterEach
  void close() {
    store.close();
  }

  static Stream<Arguments> everyMove() {
    return Stream.of(JobState.values())
        .flatMap(state -> Stream.of(Event.values()).map(event -> Arguments.of(state, event)));
  }

  @ParameterizedTest
  @MethodSource("everyMove")
  void theScriptsMakeTheMovesOfTheTableAndNoOthers(JobState from, Event event) {
    bring(from);
    assertThat(store.state(id)).isEqualTo(from);
    attempt(event);
    assertThat(store.state(id)).isEqualTo(JobLifecycle.after(from, event).orElse(from));
    assertThat(store.repository.counts().get("rehearse"))
        .containsEntry(store.state(id), 1L)
        .satisfies(counts ->
            assertThat(counts.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(1));
  }

  private void bring(JobState state) {
    id = store.submit(state == JobState.SCHEDULED ? aJob().delayed(Duration.ofHours(1)) : aJob());
    switch (state) {
      case SCHEDULED, QUEUED -> {}
      case RUNNING -> taken = store.takeOne(a);
      case SUCCEEDED -> end(done("1"));
      case FAILED -> end(new Ending.Failed(BROKEN));
      case CANCELLED -> end(new Ending.Cancelled());
    }
  }

  private void end(Ending ending) {
    taken = store.takeOne(a);
    store.record(a, taken, ending);
  }

  private void attempt(Event event) {
    switch (event) {
      case DUE -> {
        store.advance(Duration.ofMinutes(61));
        a.beat(taken == null ? List.of() : List.of(taken));
        a.promote();
      }
      case TAKEN -> store.take(a, 1);
      case SUCCEEDED -> record(done("2"));
      case FAILED -> record(new Ending.Failed(BROKEN));
      case RETRIED -> record(new Ending.Retried(BROKEN, Duration.ofSeconds(1)));
      case RELEASED -> record(new Ending.Released(Duration.ZERO));
      case POSTPONED -> record(new Ending.Released(Duration.ofSeconds(1)));
      case LOST -> {
        store.advance(QueueHarness.LEASE.plusMillis(1));
        store.instance("b").sweep();
      }
      case CANCELLED -> {
        store.repository.cancel(id);
        record(new Ending.Cancelled());
      }
      case REQUEUED -> store.repository.retry(id);
    }
  }

  private void record(Ending ending) {
    if (taken != null) {
      store.record(a, taken, ending);
    }
  }
}
