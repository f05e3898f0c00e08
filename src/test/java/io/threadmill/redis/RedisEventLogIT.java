package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.events.JobEvent;
import io.threadmill.job.JobId;
import io.threadmill.job.JobState;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisEventLogIT {

  private static final int JOBS = 20;

  private QueueHarness store;
  private RedisEventLog log;

  @BeforeEach
  void open() {
    store = new QueueHarness();
    log = new RedisEventLog(store.redisson);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private List<JobEvent> after(String sequence, int entries) {
    return log.after(sequence, entries, Duration.ZERO);
  }

  @Test
  void eventsOfJobsThatMoveTogetherShareEntriesAndNoneIsMissedAfterAny() {
    store.fill(JOBS, aJob());
    List<JobEvent> all = after("0-0", 100);
    assertThat(all).hasSize(JOBS).allMatch(event -> event.state() == JobState.QUEUED);
    assertThat(all.stream().map(JobEvent::id).distinct()).hasSize(JOBS);
    List<JobEvent> first = after("0-0", 1);
    List<JobEvent> rest = after(first.getLast().sequence(), 100);
    assertThat(first).hasSizeBetween(2, JOBS - 1);
    assertThat(Stream.concat(first.stream(), rest.stream()).toList()).isEqualTo(all);
    assertThat(log.newest()).isEqualTo(all.getLast().sequence());
  }

  @Test
  void anEventTellsRunAndAttempt() {
    JobId id = store.submit(aJob());
    assertThat(after("0-0", 10))
        .containsExactly(
            new JobEvent(log.newest(), JobEvent.Kind.STATE, id, JobState.QUEUED, 1, 0, ""));
  }
}
