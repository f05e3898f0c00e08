package io.threadmill.web.job;

import io.threadmill.events.JobEvent;
import io.threadmill.events.JobEvents;
import io.threadmill.events.Pace;
import io.threadmill.job.JobId;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.web.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A job's events as server-sent events (WHATWG HTML, section 9.2), written by the request's own
 * virtual thread.
 */
@RestController
final class JobEventsController {

  /** Between two signs of life on a quiet stream; below the idle limits of common proxies. */
  private static final Duration QUIET = Duration.ofSeconds(15);

  private static final Pattern SEQUENCE = Pattern.compile("\\d{1,15}-\\d{1,15}");

  private final JobEvents events;
  private final JobWatch watch;
  private final JsonMapper mapper;

  JobEventsController(JobEvents events, JobWatch watch, JsonMapper mapper) {
    this.events = events;
    this.watch = watch;
    this.mapper = mapper;
  }

  @GetMapping("/v1/jobs/{id}/events")
  void follow(@PathVariable String id, HttpServletRequest request, HttpServletResponse response)
      throws IOException, InterruptedException {
    Query.of(request, Set.of());
    JobId job = JobController.id(id);
    String lastSeen = request.getHeader("Last-Event-ID");
    if (lastSeen != null && !SEQUENCE.matcher(lastSeen).matches()) {
      throw ProblemException.badRequest(
          "Last-Event-ID must be the id of an event this route has sent.");
    }
    try (JobEvents.Follower follower = events.follow(job)) {
      String newest = events.newest(); // before the look: what comes in between is sent after it
      JobSnapshot now = watch.look(job);
      if (now.batch() == null) {
        Stream stream = open(response);
        stream.begin(job, now, lastSeen, newest);
        follow(follower, stream);
        return;
      }
      try (JobEvents.Follower rows = events.follow(now.batch().batch())) {
        Stream stream = open(response);
        stream.beginRow(now, lastSeen);
        followRow(rows, job, stream);
      }
    }
  }

  private Stream open(HttpServletResponse response) throws IOException {
    response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE + ";charset=UTF-8");
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Accel-Buffering", "no");
    return new Stream(response.getOutputStream());
  }

  private static void follow(JobEvents.Follower follower, Stream stream)
      throws IOException, InterruptedException {
    while (!stream.ended() && !follower.over()) {
      JobEvent event = follower.next(QUIET);
      if (event == null) {
        stream.comment("quiet");
      } else {
        pass(event, stream);
      }
    }
  }

  /** A row has no events of its own: it is looked at whenever its batch has moved. */
  private void followRow(JobEvents.Follower rows, JobId row, Stream stream)
      throws IOException, InterruptedException {
    Pace pace = watch.pace(rows);
    while (!stream.ended() && !pace.over()) {
      long begun = watch.begin();
      stream.look(row);
      if (!stream.ended()) {
        pace.rest(begun, Pace.LOOK_AGAIN);
      }
    }
  }

  /** A stream once begun outlives an outage of Redis: the log goes on where it stood. */
  private static void pass(JobEvent event, Stream stream) throws IOException {
    try {
      stream.send(event);
    } catch (StoreUnavailable _) {
      stream.comment("Redis is away");
    }
  }

  /** One client's stream; sends no event twice. */
  private final class Stream {
    private final OutputStream out;
    private String sent = "0-0";
    private @Nullable RowMark told;
    private boolean ended;

    Stream(OutputStream out) {
      this.out = out;
    }

    boolean ended() {
      return ended;
    }

    void begin(JobId job, JobSnapshot now, @Nullable String lastSeen, String newest)
        throws IOException {
      if (lastSeen != null && isLater(lastSeen, newest)) { // of a log that is gone
        write("gap", newest, "{}");
        state(now, newest);
      } else if (lastSeen != null) {
        sent = lastSeen;
        JobEvents.Replay replay = events.replay(job, lastSeen);
        if (replay.gap()) {
          write("gap", sent, "{}");
        }
        JobEvent last = null;
        for (JobEvent event : replay.events()) {
          if (tell(event)) {
            last = event;
          }
        }
        if (last != null && last.state().finished()) { // an end before it was undone by a retry
          end(last);
        }
        if (replay.gap() && !ended) {
          state(now, newest);
        } else if (now.state().finished() && !ended) {
          end(now, newest);
        }
      } else {
        state(now, newest);
      }
      out.flush();
    }

    void beginRow(JobSnapshot now, @Nullable String lastSeen) throws IOException {
      if (lastSeen != null) {
        told = RowMark.parse(lastSeen).orElse(null);
        if (told == null) {
          write("gap", RowMark.of(now).toString(), "{}");
        }
      }
      tellRow(now);
      out.flush();
    }

    /** Tells a row's state where it has changed since, behind a gap where others were missed. */
    private void tellRow(JobSnapshot now) throws IOException {
      RowMark mark = RowMark.of(now);
      if (mark.equals(told)) {
        comment("quiet");
        if (now.state().finished()) {
          end(now, mark.toString());
        }
        return;
      }
      if (told != null && !mark.follows(told)) {
        write("gap", mark.toString(), "{}");
      }
      told = mark;
      state(now, mark.toString());
    }

    /** Looks at a row and tells what is new of it. */
    void look(JobId row) throws IOException {
      try {
        Optional<JobSnapshot> now = watch.find(row);
        if (now.isEmpty()) {
          ended = true; // deleted meanwhile
        } else {
          tellRow(now.get());
        }
      } catch (StoreUnavailable _) {
        comment("Redis is away");
      }
      out.flush();
    }

    private String data(JobSnapshot now) {
      return data(now.id(), now.state().wireName(), now.run(), now.attempt(), "");
    }

    private void state(JobSnapshot now, String sequence) throws IOException {
      write("state", sequence, data(now));
      if (now.state().finished()) {
        end(now, sequence);
      }
    }

    private void end(JobSnapshot now, String sequence) throws IOException {
      write("end", sequence, data(now));
      ended = true;
    }

    private void end(JobEvent event) throws IOException {
      write("end", event.sequence(), data(event));
      ended = true;
    }

    void send(JobEvent event) throws IOException {
      if (event.kind() == JobEvent.Kind.GAP) {
        Optional<JobSnapshot> now = watch.find(event.id());
        write("gap", sent, "{}"); // the state that follows may have been told before
        if (now.isPresent()) {
          state(now.get(), sent);
        } else {
          ended = true; // deleted meanwhile
        }
        out.flush();
        return;
      }
      if (tell(event) && event.state().finished()) {
        end(event);
      }
      out.flush();
    }

    /** Passes an event on; false where it was before. */
    private boolean tell(JobEvent event) throws IOException {
      if (!isLater(event.sequence(), sent)) {
        return false;
      }
      String name = event.kind() == JobEvent.Kind.PROGRESS ? "progress" : "state";
      write(name, event.sequence(), data(event));
      return true;
    }

    private String data(JobEvent event) {
      return data(
          event.id(), event.state().wireName(), event.run(), event.attempt(), event.progress());
    }

    void comment(String text) throws IOException {
      out.write((": " + text + "\n\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    private void write(String name, String sequence, String data) throws IOException {
      sent = isLater(sequence, sent) ? sequence : sent;
      out.write(
          "event: %s\nid: %s\ndata: %s\n\n"
              .formatted(name, sequence, data)
              .getBytes(StandardCharsets.UTF_8));
    }

    private String data(JobId id, String state, int run, int attempt, String progress) {
      ObjectNode node = mapper.createObjectNode();
      node.put("id", id.value());
      node.put("state", state);
      node.put("run", run);
      node.put("attempt", attempt);
      if (!progress.isEmpty()) {
        node.set("progress", mapper.readTree(progress));
      }
      return mapper.writeValueAsString(node);
    }
  }

  private static boolean isLater(String one, String other) {
    return JobEvent.compareSequences(one, other) > 0;
  }
}
