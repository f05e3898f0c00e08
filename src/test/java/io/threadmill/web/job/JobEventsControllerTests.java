package io.threadmill.web.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.threadmill.events.JobEvent;
import io.threadmill.events.JobEvents;
import io.threadmill.job.JobId;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSnapshot.Membership;
import io.threadmill.job.JobState;
import io.threadmill.job.Jobs;
import io.threadmill.job.StoreUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
  private final List<JobEvent> missed = new ArrayList<>();
  private final Deque<JobState> life = new ArrayDeque<>();
  private @Nullable Membership batch;
  private int attempt = 1;
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
        attempt,
        null,
        null,
        5,
        List.of(),
        null,
        null,
        null,
        batch,
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
          if (!life.isEmpty()) {
            state = life.poll();
            attempt = state == JobState.QUEUED ? 0 : 1;
            return event("7-0", JobEvent.Kind.BATCH, state);
          }
          return log.poll();
        }

        @Override
        public boolean gather(Duration moment) {
          return false;
        }

        @Override
        public boolean over() {
          return log.isEmpty() && life.isEmpty() && batch == null;
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
      return new Replay(missed, false);
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

  @Test
  void aReplayThatCrossesARetryEndsOnceAndLast() throws Exception {
    missed.add(event("2-0", JobEvent.Kind.STATE, JobState.FAILED));
    missed.add(event("3-0", JobEvent.Kind.STATE, JobState.QUEUED));
    missed.add(event("4-0", JobEvent.Kind.STATE, JobState.RUNNING));
    log.add(event("5-0", JobEvent.Kind.STATE, JobState.SUCCEEDED));
    String stream = stream("1-0");
    assertThat(stream.split("event: end", -1)).as("one end").hasSize(2);
    assertThat(stream).endsWith("\n\n").contains("event: end\nid: 5-0");
    missed.add(event("5-0", JobEvent.Kind.STATE, JobState.FAILED));
    assertThat(stream("1-0")).contains("event: end\nid: 5-0");
  }

  private void row(JobState first, JobState... then) {
    batch = new Membership(new JobId("1".repeat(26)), 0);
    state = first;
    attempt = first == JobState.QUEUED ? 0 : 1;
    life.addAll(List.of(then));
  }

  @Test
  void aRowThatIsSeenStepByStepHasNoGap() throws Exception {
    row(JobState.QUEUED, JobState.RUNNING, JobState.SUCCEEDED);
    assertThat(stream(null))
        .doesNotContain("gap")
        .containsSubsequence("id: 1-2\n", "queued", "id: 1-10\n", "running", "id: 1-13\n", "end");
  }

  @Test
  void statesOfARowThatWereNotSeenAreAGap() throws Exception {
    row(JobState.QUEUED, JobState.SUCCEEDED);
    assertThat(stream(null))
        .containsSubsequence("\"queued\"", "event: gap", "\"succeeded\"", "event: end");
  }

  @Test
  void aClientThatComesBackIsNotToldOfARowWhatItKnows() throws Exception {
    row(JobState.RUNNING, JobState.SUCCEEDED);
    assertThat(stream("1-10")).doesNotContain("\"running\"", "gap").contains("event: end");
    row(JobState.SUCCEEDED);
    assertThat(stream("1-13")).doesNotContain("event: state", "gap").contains("event: end");
    row(JobState.SUCCEEDED);
    assertThat(stream("1-2")).contains("event: gap", "event: state", "event: end");
    row(JobState.SUCCEEDED);
    assertThat(stream("1764062692562-0")).startsWith("event: gap\nid: 1-13").contains("event: end");
  }
}
