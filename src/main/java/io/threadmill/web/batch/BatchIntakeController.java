package io.threadmill.web.batch;

import io.threadmill.batch.Batch;
import io.threadmill.batch.BatchCutOff;
import io.threadmill.batch.Batches;
import io.threadmill.batch.Batches.Begun;
import io.threadmill.batch.Intake;
import io.threadmill.batch.TooManyRows;
import io.threadmill.job.BacklogFull;
import io.threadmill.job.InvalidJob;
import io.threadmill.job.JobId;
import io.threadmill.job.JobLimits;
import io.threadmill.job.JobRequest;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.Violations.Violation;
import io.threadmill.web.Problem;
import io.threadmill.web.ProblemException;
import io.threadmill.web.access.Caller;
import io.threadmill.web.job.IdempotencyKey;
import io.threadmill.web.job.JobRequests;
import io.threadmill.web.job.JsonBody;
import io.threadmill.web.job.Query;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Takes batches: a JSON body whole, NDJSON line by line. */
@RestController
final class BatchIntakeController {

  private static final String ROUTE = "POST /v1/batches";
  private static final int MOST_JSON = 16 * 1024 * 1024;
  private static final int MOST_LINE = 256 * 1024;

  /** Before a client tries again where Redis was away. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final BodyBudget budget;
  private final Batches batches;
  private final JobRequests requests;
  private final IdempotencyKey idempotencyKey;
  private final BatchWatch watch;
  private final BatchJson json;
  private final JsonMapper mapper;

  BatchIntakeController(
      BodyBudget budget,
      Batches batches,
      JobRequests requests,
      IdempotencyKey idempotencyKey,
      BatchWatch watch,
      BatchJson json,
      JsonMapper mapper) {
    this.budget = budget;
    this.batches = batches;
    this.requests = requests;
    this.idempotencyKey = idempotencyKey;
    this.watch = watch;
    this.json = json;
    this.mapper = mapper;
  }

  @PostMapping(path = "/v1/batches", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> submit(HttpServletRequest request) throws IOException {
    Query query = Query.of(request, Set.of("atomic"));
    try (InputStream counted = budget.count(request.getInputStream())) {
      JsonNode body = JsonBody.read(request, counted, MOST_JSON, mapper);
      JobRequest common = requests.common(body, Caller.of(request).keyName());
      JsonNode items = body.path("items");
      if (!items.isArray()) {
        throw items.isMissingNode()
            ? new InvalidJob(
                List.of(new Violation("/items", "is missing: give the items' params in an array")))
            : JsonBody.malformed("/items", "The field \"items\" must be an array.");
      }
      Begun begun =
          batches.begin(common, query.flag("atomic"), idempotencyKey.of(request, ROUTE, body));
      return switch (begun) {
        case Batches.Replayed(JobId id) -> replayed(id);
        case Batches.Fresh(Intake intake) -> {
          fill(intake, () -> items.forEach(item -> intake.add(item, 0)));
          yield accepted(intake.id());
        }
      };
    }
  }

  @PostMapping(path = "/v1/batches", consumes = "application/x-ndjson")
  ResponseEntity<byte[]> stream(HttpServletRequest request) throws IOException {
    Query query = Query.of(request, Set.of("type", "template", "atomic"));
    ObjectNode options = mapper.createObjectNode();
    for (String name : List.of("type", "template")) {
      String text = query.text(name);
      if (text != null) {
        options.put(name, text);
      }
    }
    JobRequest common = requests.common(options, Caller.of(request).keyName());
    Begun begun =
        batches.begin(common, query.flag("atomic"), idempotencyKey.of(request, ROUTE, options));
    InputStream body = request.getInputStream();
    return switch (begun) {
      case Batches.Replayed(JobId id) -> {
        body.transferTo(OutputStream.nullOutputStream()); // the client sends it all first
        yield replayed(id);
      }
      case Batches.Fresh(Intake intake) -> {
        fill(intake, () -> read(body, intake));
        yield accepted(intake.id());
      }
    };
  }

  /** Brings the items of a body into their batch. */
  private interface Source {
    void read() throws IOException;
  }

  /** Fills a batch; where that ends half way, the answer names the batch that what came is in. */
  private static void fill(Intake intake, Source source) throws IOException {
    try (intake) {
      source.read();
      intake.finish();
    } catch (BacklogFull full) {
      if (intake.written() == 0) {
        throw full;
      }
      throw new ProblemException(
              Problem.BACKLOG_FULL,
              "The backlog is full; items after the first %d were not written."
                  .formatted(intake.written()))
          .with("batchId", intake.id().value())
          .retryAfter(full.retryAfter());
    } catch (StoreUnavailable _) {
      throw new ProblemException(
              Problem.STORE_UNAVAILABLE,
              "Redis did not answer in time; of the items the first %d are known to be written. The"
                      .formatted(intake.written())
                  + " batch counts as cut off unless it got the last of them.")
          .with("batchId", intake.id().value())
          .retryAfter(PAUSE);
    } catch (TooManyRows _) {
      String most = "A batch has at most %d items; ".formatted(JobLimits.MAX_ROWS);
      if (intake.written() == 0) {
        throw new ProblemException(Problem.PAYLOAD_TOO_LARGE, most + "none of these was kept.");
      }
      throw new ProblemException(
              Problem.PAYLOAD_TOO_LARGE,
              most + "those before are kept as a batch that was cut off.")
          .with("batchId", intake.id().value());
    } catch (BatchCutOff _) {
      throw cutOff(intake, "No item could be written for too long");
    }
  }

  private static ProblemException cutOff(Intake intake, String why) {
    return new ProblemException(
            Problem.BATCH_CUT_OFF,
            "%s, so the batch was closed as cut off after the first %d items."
                .formatted(why, intake.written()))
        .with("batchId", intake.id().value());
  }

  private void read(InputStream body, Intake intake) throws IOException {
    var lines = new NdjsonLines(body, MOST_LINE);
    try {
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        if (!isBlank(line)) {
          add(line, lines.number(), intake);
        }
      }
    } catch (NdjsonLines.TooLong _) {
      intake.cutOff();
      throw tooLong(lines.number()).with("batchId", intake.id().value());
    } catch (IOException brokenOff) {
      intake.cutOff();
      if (brokenOff.getCause() instanceof SocketTimeoutException) {
        throw cutOff(intake, "Nothing more of the body came in time");
      }
      throw brokenOff; // nobody is left to be answered
    }
  }

  private static ProblemException tooLong(int line) {
    return new ProblemException(
        Problem.PAYLOAD_TOO_LARGE,
        "Line %d is longer than %d bytes; the lines before it are kept as a batch that was cut off."
            .formatted(line, MOST_LINE));
  }

  private void add(byte[] line, int number, Intake intake) {
    JsonNode item;
    try {
      item = JsonBody.parse(line, mapper);
    } catch (ProblemException unreadable) {
      intake.addUnreadable("the line is not one valid JSON object", number);
      return;
    }
    intake.add(item, number);
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  private ResponseEntity<byte[]> accepted(JobId id) {
    Batch batch;
    try {
      batch = watch.look(id);
    } catch (StoreUnavailable _) {
      throw new ProblemException(
              Problem.STORE_UNAVAILABLE,
              "Redis did not answer in time once all items were written; the batch runs.")
          .with("batchId", id.value())
          .retryAfter(PAUSE);
    }
    return Accepted.answer(batch).body(json.bytes(batch));
  }

  private ResponseEntity<byte[]> replayed(JobId id) {
    Batch batch = watch.look(id);
    return Accepted.answer(batch).header("Idempotency-Replayed", "true").body(json.bytes(batch));
  }
}
