package io.threadmill.web.batch;

import io.threadmill.batch.Batch;
import io.threadmill.batch.BatchRepository.Detail;
import io.threadmill.batch.BatchRepository.Order;
import io.threadmill.events.JobEvents;
import io.threadmill.events.Pace;
import io.threadmill.job.JobId;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.Ticker;
import io.threadmill.web.ProblemException;
import io.threadmill.web.job.Query;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A batch's events as server-sent events (WHATWG HTML, section 9.2): {@code job} for each row that
 * ends, {@code counts} at most once a second, {@code end}. An id is a position in the log of ends,
 * so a client that comes back misses nothing while the batch is kept; {@code gap} says that the id
 * it came with is of a log that is gone.
 */
@RestController
final class BatchEventsController {

  private static final Duration BETWEEN_COUNTS = Duration.ofSeconds(1);

  private static final int PAGE = 200;

  private final BatchLooks looks;
  private final BatchWatch watch;
  private final JobEvents events;
  private final BatchJson json;
  private final Ticker ticker;
  private final JsonMapper mapper;

  BatchEventsController(
      BatchLooks looks,
      BatchWatch watch,
      JobEvents events,
      BatchJson json,
      Ticker ticker,
      JsonMapper mapper) {
    this.looks = looks;
    this.watch = watch;
    this.events = events;
    this.json = json;
    this.ticker = ticker;
    this.mapper = mapper;
  }

  @GetMapping("/v1/batches/{id}/events")
  void follow(@PathVariable String id, HttpServletRequest request, HttpServletResponse response)
      throws IOException, InterruptedException {
    Query.of(request, Set.of());
    JobId batch = BatchWatch.id(id);
    Cursor from =
        Cursor.parse(request.getHeader("Last-Event-ID"), Order.COMPLETED, "Last-Event-ID");
    try (JobEvents.Follower follower = events.follow(batch)) {
      Batch now = watch.look(batch);
      response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE + ";charset=UTF-8");
      response.setHeader("Cache-Control", "no-store");
      response.setHeader("X-Accel-Buffering", "no");
      var pace = new Pace(follower, ticker);
      var stream = new Stream(batch, response.getOutputStream());
      stream.begin(now, from);
      while (!stream.ended() && !pace.over()) {
        stream.goOn(pace.age());
        if (!stream.ended() && stream.caughtUp()) {
          pace.rest(stream.looked(), Pace.LOOK_AGAIN);
        }
      }
    }
  }

  /** One client's stream. */
  private final class Stream {
    private final JobId batch;
    private final OutputStream out;
    private RowReader at;
    private @Nullable String lastCounts;
    private long countedAt;
    private boolean ended;
    private boolean caughtUp;
    private long looked;

    Stream(JobId batch, OutputStream out) {
      this.batch = batch;
      this.out = out;
      this.at = new RowReader(looks, batch, new Cursor(Order.COMPLETED, 0), Detail.HEAD);
    }

    boolean ended() {
      return ended;
    }

    boolean caughtUp() {
      return caughtUp;
    }

    /** When the look began that told last. */
    long looked() {
      return looked;
    }

    void begin(Batch now, Cursor from) throws IOException {
      if (from.position() > now.logged()) {
        write("gap", from.to(now.logged()).toString(), "{}");
        at = at.from(from.to(now.logged()));
      } else {
        at = at.from(from);
      }
      counts(now);
      out.flush();
    }

    void goOn(Duration age) throws IOException, InterruptedException {
      looked = ticker.nanos();
      try {
        RowReader.Page page = at.next(PAGE, age);
        for (RowReader.Row row : page.rows()) {
          write("job", row.after().toString(), data(row.job()));
        }
        looked = page.begun();
        caughtUp = page.caughtUp();
        at = at.from(page.next());
        if (ticker.nanos() - countedAt >= BETWEEN_COUNTS.toNanos()) {
          counts(page.batch());
        }
        if (page.over()) {
          write("end", at.cursor().toString(), mapper.writeValueAsString(json.node(page.batch())));
          ended = true;
        }
      } catch (StoreUnavailable _) {
        caughtUp = true;
        comment("Redis is away");
      } catch (ProblemException _) {
        ended = true; // deleted meanwhile
      }
      out.flush();
    }

    private void counts(Batch now) throws IOException {
      ObjectNode node = mapper.createObjectNode();
      node.put("state", now.state().wireName());
      node.put("total", now.total());
      node.set("counts", json.counts(now));
      String text = mapper.writeValueAsString(node);
      countedAt = ticker.nanos();
      if (!text.equals(lastCounts)) {
        lastCounts = text;
        write("counts", at.cursor().toString(), text);
      } else {
        comment("quiet");
      }
    }

    private void comment(String text) throws IOException {
      out.write((": " + text + "\n\n").getBytes(StandardCharsets.UTF_8));
    }

    private void write(String name, String id, String data) throws IOException {
      out.write(
          "event: %s\nid: %s\ndata: %s\n\n"
              .formatted(name, id, data)
              .getBytes(StandardCharsets.UTF_8));
    }

    private String data(JobSnapshot job) {
      ObjectNode node = mapper.createObjectNode();
      node.put("id", job.id().value());
      node.put("index", job.batch() == null ? 0 : job.batch().index());
      node.put("state", job.state().wireName());
      node.put("run", job.run());
      node.put("attempt", job.attempt());
      return mapper.writeValueAsString(node);
    }
  }
}
