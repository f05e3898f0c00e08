package io.threadmill.web.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.threadmill.events.JobEvent;
import io.threadmill.events.JobEvents;
import io.threadmill.job.JobId;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobState;
import io.threadmill.job.Jobs;
import io.threadmill.job.StoreUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

/** One stream, with a store and a log whose every step the test decides. */
@Timeout(30)
class JobEventsControllerTests {

  private static final JobId ID = new JobId("0".repeat(26));

  private final Deque<JobEvent> log = new ArrayDeque<>();
  private final Jobs jobs = mock(Jobs.class);
  private JobState state = JobState.RUNNING;
  private String newest = "4-0";
  private boolean gone;
  private int goneAtQuestion;
  private int questions;
  private int endsAtQuestion;
  private int awayAtQuestion;

  @BeforeEach
  void answer() {
    when(jobs.find(any()))
        .thenAnswer(_ -> {
          ask();
          return gone ? Optional.empty() : Optional.of(job());
        });
  }

  /** Redis is asked something: what should have happened by then happens. */
  private void ask() {
    questions++;
    if (questions == awayAtQuestion) {
      throw new StoreUnavailable("away", new IllegalStateException());
    }
    gone = questions == goneAtQuestion;
    if (questions == endsAtQuestion) {
      state = JobState.SUCCEEDED;
      newest = "5-0";
      log.add(event("5-0", JobEvent.Kind.STATE, JobState.SUCCEEDED));
    }
  }

  private static JobEvent event(String sequence, JobEvent.Kind kind, JobState state) {
    return new JobEvent(sequence, kind, ID, state, 1, 1, "");
  }

  private JobSnapshot job() {
    return new JobSnapshot(
        ID,
        "t",
        state,
        "{}",
        null,
        null,
        1,
        1,
        null,
        null,
        5,
        List.of(),
        null,
        null,
        null,
        null,
        Instant.EPOCH,
        null,
        null,
        null,
        null,
        null,
        List.of());
  }

  private final class Log implements JobEvents {
    @Override
    public Follower follow(JobId id) {
      return new Follower() {
        @Override
        public @Nullable JobEvent next(Duration limit) {
          return log.poll();
        }

        @Override
        public boolean gather(Duration moment) {
          return false;
        }

        @Override
        public boolean over() {
          return log.isEmpty();
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public String newest() {
      ask();
      return newest;
    }

    @Override
    public Replay replay(JobId id, String afterSequence) {
      return new Replay(List.of(), false);
    }
  }

  private String stream(@Nullable String lastEventId) throws Exception {
    var events = new Log();
    var controller =
        new JobEventsController(
            events, new JobWatch(jobs, events, () -> 0L), JsonMapper.builder().build());
    var request = new MockHttpServletRequest("GET", "/v1/jobs/" + ID + "/events");
    if (lastEventId != null) {
      request.addHeader("Last-Event-ID", lastEventId);
    }
    var response = new MockHttpServletResponse();
    controller.follow(ID.value(), request, response);
    return response.getContentAsString();
  }

  @Test
  void anEndBetweenTheFirstTwoQuestionsIsNotMissed() throws Exception {
    endsAtQuestion = 2;
    assertThat(stream(null)).contains("succeeded").contains("event: end");
  }

  @Test
  void aStreamOutlivesAnOutage() throws Exception {
    log.add(event("0-0", JobEvent.Kind.GAP, JobState.QUEUED));
    log.add(event("6-0", JobEvent.Kind.STATE, JobState.SUCCEEDED));
    awayAtQuestion = 3;
    assertThat(stream(null)).contains(": Redis is away").contains("id: 6-0").contains("event: end");
  }

  @Test
  void whatIsToldAgainAfterAnOutageComesBehindAGap() throws Exception {
    log.add(event("0-0", JobEvent.Kind.GAP, JobState.QUEUED));
    log.add(event("6-0", JobEvent.Kind.STATE, JobState.SUCCEEDED));
    assertThat(stream(null))
        .containsSubsequence("event: state", "event: gap", "event: state", "id: 6-0");
  }

  @Test
  void anIdLaterThanTheLogIsAGapAndTheStreamGoesOn() throws Exception {
    log.add(event("6-0", JobEvent.Kind.STATE, JobState.SUCCEEDED));
    assertThat(stream("99-0")).startsWith("event: gap\nid: 4-0").contains("event: end");
  }

  @Test
  void aJobDeletedDuringAnOutageEndsItsStream() throws Exception {
    log.add(event("0-0", JobEvent.Kind.GAP, JobState.QUEUED));
    log.add(event("6-0", JobEvent.Kind.STATE, JobState.RUNNING));
    goneAtQuestion = 3;
    assertThat(stream(null)).contains("event: gap").doesNotContain("id: 6-0", "event: end");
  }
}
