package io.threadmill.web.batch;

import io.threadmill.batch.BatchRepository.Detail;
import io.threadmill.batch.BatchRepository.Order;
import io.threadmill.events.JobEvents;
import io.threadmill.events.Pace;
import io.threadmill.job.Draining;
import io.threadmill.job.JobId;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.Ticker;
import io.threadmill.web.Problem;
import io.threadmill.web.ProblemException;
import io.threadmill.web.job.JobJson;
import io.threadmill.web.job.Query;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.coyote.CloseNowException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The results of a batch: streamed as NDJSON or CSV until all rows have ended, by the request's own
 * virtual thread, which a slow reader holds up; or in JSON pages. Large results are read one at a
 * time, each when it is its turn to be written.
 */
@RestController
final class BatchResultsController {

  /** Between two signs of life on a quiet stream; below the idle limits of common proxies. */
  private static final Duration QUIET = Duration.ofSeconds(15);

  private static final Logger log = LoggerFactory.getLogger(BatchResultsController.class);

  private static final int DEFAULT_PAGE = 50;
  private static final int LARGEST_PAGE = 1000;
  private static final int STREAMED = 200;

  /** Of params and results on a page, unless its first row alone has more. */
  private static final int PAGE_BYTES = 4 * 1024 * 1024;

  private final BatchLooks looks;
  private final BatchWatch watch;
  private final JobEvents events;
  private final JobJson json;
  private final JsonMapper mapper;
  private final Ticker ticker;

  BatchResultsController(
      BatchLooks looks,
      BatchWatch watch,
      JobEvents events,
      JobJson json,
      JsonMapper mapper,
      Ticker ticker) {
    this.looks = looks;
    this.watch = watch;
    this.events = events;
    this.json = json;
    this.mapper = mapper;
    this.ticker = ticker;
  }

  @GetMapping("/v1/batches/{id}/results")
  void results(@PathVariable String id, HttpServletRequest request, HttpServletResponse response)
      throws IOException, InterruptedException {
    Query query = Query.of(request, Set.of("order", "cursor", "limit"));
    JobId batch = BatchWatch.id(id);
    Order order = order(query.text("order"));
    String asked = query.text("cursor");
    String lastSeen = request.getHeader("Last-Event-ID");
    Cursor from =
        asked == null && lastSeen != null
            ? Cursor.parse(lastSeen, order, "Last-Event-ID")
            : Cursor.parse(asked, order, "The query parameter cursor");
    int limit = query.number("limit", DEFAULT_PAGE, 1, LARGEST_PAGE);
    Form form = form(request);
    if (form != Form.JSON && query.text("limit") != null) {
      throw ProblemException.badRequest(
          "The query parameter limit is for pages; leave it out, or accept application/json.");
    }
    watch.look(batch);
    var reader = new RowReader(looks, batch, from, Detail.WHOLE);
    switch (form) {
      case JSON -> page(reader, limit, response);
      case NDJSON -> {
        var lines = new Lines(response.getOutputStream());
        whole(response, () -> stream(batch, reader, lines, response, "application/x-ndjson"));
      }
      case CSV -> {
        var rows = new CsvRows(response.getOutputStream(), json, mapper);
        whole(response, () -> stream(batch, reader, rows, response, "text/csv;charset=UTF-8"));
      }
    }
  }

  private static Order order(@Nullable String text) {
    return switch (text) {
      case null -> Order.COMPLETED;
      case "completed" -> Order.COMPLETED;
      case "submitted" -> Order.SUBMITTED;
      default ->
          throw ProblemException.badRequest(
              "The query parameter order must be completed or submitted.");
    };
  }

  private enum Form {
    JSON,
    NDJSON,
    CSV
  }

  /** The first of what is accepted that this route gives; JSON where nothing is said. */
  private static Form form(HttpServletRequest request) {
    String accept = request.getHeader("Accept");
    if (accept == null) {
      return Form.JSON;
    }
    List<MediaType> types;
    try {
      types = new ArrayList<>(MediaType.parseMediaTypes(accept));
    } catch (InvalidMimeTypeException | InvalidMediaTypeException _) {
      throw ProblemException.badRequest("The Accept header does not hold media types.");
    }
    MimeTypeUtils.sortBySpecificity(types);
    for (MediaType type : types) {
      if (type.includes(MediaType.APPLICATION_JSON)) {
        return Form.JSON;
      }
      if (type.includes(MediaType.APPLICATION_NDJSON)) {
        return Form.NDJSON;
      }
      if (type.includes(new MediaType("text", "csv"))) {
        return Form.CSV;
      }
    }
    throw new ProblemException(
        Problem.NOT_ACCEPTABLE, "Accept application/json, application/x-ndjson or text/csv.");
  }

  private void page(RowReader reader, int limit, HttpServletResponse response)
      throws IOException, InterruptedException {
    var body = new ByteArrayOutputStream();
    try (JsonGenerator out = mapper.createGenerator(body)) {
      out.writeStartObject();
      out.writeArrayPropertyStart("jobs");
      RowReader behind = write(reader, limit, out);
      out.writeEndArray();
      out.writeName("next");
      RowReader.Page rest = behind.next(1, Duration.ZERO);
      boolean over = rest.over() && rest.rows().isEmpty();
      out.writePOJO(over ? null : behind.cursor().toString());
      out.writeEndObject();
    }
    begin(response, MediaType.APPLICATION_JSON_VALUE);
    body.writeTo(response.getOutputStream());
  }

  /** Writes the rows of one page; answers the reader behind them. */
  private RowReader write(RowReader reader, int limit, JsonGenerator out)
      throws InterruptedException {
    RowReader at = reader;
    int left = limit;
    long bytes = 0;
    while (left > 0) {
      RowReader.Page page = at.next(left, Duration.ZERO);
      for (RowReader.Row row : page.rows()) {
        Optional<JobSnapshot> whole =
            bytes > 0 && bytes + row.size() > PAGE_BYTES ? Optional.empty() : at.whole(row);
        if (whole.isEmpty()) {
          return at.from(row.at());
        }
        mapper.writeTree(out, json.whole(whole.get()));
        bytes += row.size();
        left--;
      }
      at = at.from(page.next());
      if (page.caughtUp()) {
        return at;
      }
    }
    return at;
  }

  private static void begin(HttpServletResponse response, String type) {
    response.setContentType(type);
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Accel-Buffering", "no");
  }

  /** What rows are written to as they come. */
  interface Sink {
    void write(JobSnapshot job, Cursor after) throws IOException;

    /** Writes something that a reader passes over, so that both sides see the other is there. */
    void signOfLife() throws IOException;

    void flush() throws IOException;

    /** No more rows come. */
    void end() throws IOException;
  }

  /** Writes a stream to its end. */
  private interface Streaming {
    void write() throws IOException, InterruptedException;
  }

  /**
   * A stream that cannot go on is cut off, not ended: nobody shall take what came for the whole.
   */
  private static void whole(HttpServletResponse response, Streaming streaming)
      throws IOException, InterruptedException {
    try {
      streaming.write();
    } catch (RuntimeException fault) {
      if (!response.isCommitted()) {
        response.resetBuffer();
        throw fault;
      }
      if (!(fault instanceof Draining || fault instanceof ProblemException)) {
        log.error("the results of a batch were cut off", fault);
      }
      throw new CloseNowException(fault);
    }
  }

  private void stream(
      JobId batch, RowReader reader, Sink sink, HttpServletResponse response, String type)
      throws IOException, InterruptedException {
    RowReader at = reader;
    try (JobEvents.Follower follower = events.follow(batch)) {
      var pace = new Pace(follower, ticker);
      begin(response, type);
      long told = ticker.nanos();
      while (!pace.over()) {
        Passed passed = pass(at, sink, pace.age());
        if (passed.over()) {
          sink.end();
          return;
        }
        if (!passed.behind().cursor().equals(at.cursor())) {
          told = ticker.nanos();
        }
        at = passed.behind();
        if (passed.caughtUp()) {
          if (ticker.nanos() - told >= QUIET.toNanos()) {
            told = ticker.nanos();
            sink.signOfLife();
          }
          sink.flush();
          pace.rest(passed.looked(), Pace.LOOK_AGAIN);
        }
      }
      throw new Draining();
    }
  }

  /**
   * What became of one page.
   *
   * @param behind the reader that goes on
   * @param looked when the look began
   */
  private record Passed(RowReader behind, boolean caughtUp, boolean over, long looked) {}

  /**
   * Writes what has ended. A stream once begun outlives an outage of Redis: it goes on where it
   * stood.
   */
  private Passed pass(RowReader reader, Sink sink, Duration age)
      throws IOException, InterruptedException {
    RowReader at = reader;
    long asked = ticker.nanos();
    try {
      RowReader.Page page = at.next(STREAMED, age);
      for (RowReader.Row row : page.rows()) {
        Optional<JobSnapshot> whole = at.whole(row);
        if (whole.isEmpty()) {
          return new Passed(at.from(row.at()), true, false, asked);
        }
        sink.write(whole.get(), row.after());
        at = at.from(row.after());
      }
      return new Passed(at.from(page.next()), page.caughtUp(), page.over(), page.begun());
    } catch (StoreUnavailable _) {
      return new Passed(at, true, false, asked);
    }
  }

  /** A job a line, with the cursor that goes on after it. */
  private final class Lines implements Sink {
    private final OutputStream out;

    Lines(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(JobSnapshot job, Cursor after) throws IOException {
      ObjectNode line = json.whole(job);
      line.put("cursor", after.toString());
      out.write(mapper.writeValueAsBytes(line));
      out.write('\n');
    }

    /** A space before the next row's object: an empty line would be a row to a plain reader. */
    @Override
    public void signOfLife() throws IOException {
      out.write(' ');
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void end() throws IOException {
      out.flush();
    }
  }
}
