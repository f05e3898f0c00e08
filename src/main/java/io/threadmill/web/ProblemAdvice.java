package io.threadmill.web;

import io.threadmill.job.BacklogFull;
import io.threadmill.job.Draining;
import io.threadmill.job.IdempotencyConflict;
import io.threadmill.job.InvalidJob;
import io.threadmill.job.LeaseLost;
import io.threadmill.job.PayloadTooLarge;
import io.threadmill.job.StoreFault;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.ThreadmillException;
import io.threadmill.job.TooManyLimits;
import io.threadmill.job.TooManyWaiting;
import io.threadmill.job.Violations.Violation;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.coyote.CloseNowException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** The one place where what went wrong becomes a problem document. */
@RestControllerAdvice
final class ProblemAdvice {

  private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final ProblemWriter writer;

  ProblemAdvice(ProblemWriter writer) {
    this.writer = writer;
  }

  @ExceptionHandler
  ResponseEntity<byte[]> answer(ProblemException problem) {
    return writer.answer(problem);
  }

  @ExceptionHandler
  ResponseEntity<byte[]> answer(ThreadmillException refusal) {
    if (refusal instanceof StoreFault) {
      log.error("a call failed", refusal);
    }
    return writer.answer(problem(refusal));
  }

  static ProblemException problem(ThreadmillException refusal) {
    return switch (refusal) {
      case InvalidJob invalid ->
          new ProblemException(
              Problem.INVALID_JOB,
              "The job was not written. See errors for each field.",
              invalid.violations());
      case PayloadTooLarge large ->
          new ProblemException(
              Problem.PAYLOAD_TOO_LARGE,
              String.valueOf(large.getMessage()),
              List.of(new Violation(large.pointer(), String.valueOf(large.getMessage()))));
      case BacklogFull full ->
          new ProblemException(Problem.BACKLOG_FULL, "The backlog is full; nothing was written.")
              .retryAfter(full.retryAfter());
      case StoreUnavailable _ ->
          new ProblemException(
                  Problem.STORE_UNAVAILABLE,
                  "Redis did not answer in time. A write may or may not have happened.")
              .retryAfter(PAUSE);
      case StoreFault _ ->
          new ProblemException(Problem.INTERNAL_ERROR, "The call could not be carried out.");
      case Draining _ ->
          new ProblemException(Problem.DRAINING, "This instance is stopping; nothing was written.")
              .retryAfter(PAUSE);
      case IdempotencyConflict _ ->
          new ProblemException(
              Problem.IDEMPOTENCY_CONFLICT,
              "This Idempotency-Key was used with another body within the last 24 hours.");
      case TooManyLimits many ->
          new ProblemException(
              Problem.TOO_MANY_LIMITS, "Nothing was written: " + many.getMessage() + ".");
      case TooManyWaiting _ ->
          new ProblemException(Problem.OVERLOADED, "Too many calls wait on this instance.")
              .retryAfter(PAUSE);
      case LeaseLost _ ->
          new ProblemException(Problem.LEASE_LOST, "Another attempt has taken this one's place.");
    };
  }

  @ExceptionHandler
  ResponseEntity<byte[]> answer(HttpMediaTypeNotSupportedException unsupported) {
    return writer.answer(
        new ProblemException(
            Problem.UNSUPPORTED_MEDIA_TYPE,
            "Send the body with Content-Type: %s."
                .formatted(
                    unsupported.getSupportedMediaTypes().stream()
                        .map(MediaType::toString)
                        .sorted()
                        .collect(Collectors.joining(" or ")))));
  }

  @ExceptionHandler
  ResponseEntity<byte[]> answer(HttpMediaTypeNotAcceptableException unacceptable) {
    return writer.answer(
        new ProblemException(
            Problem.NOT_ACCEPTABLE, "This route does not give what the Accept header asks for."));
  }

  @ExceptionHandler
  ResponseEntity<byte[]> answer(HttpRequestMethodNotSupportedException refused) {
    String allowed =
        refused.getSupportedMethods() == null
            ? ""
            : String.join(", ", refused.getSupportedMethods());
    ResponseEntity<byte[]> answer =
        writer.answer(
            new ProblemException(
                Problem.METHOD_NOT_ALLOWED, "This path takes " + allowed + " only."));
    return ResponseEntity.status(answer.getStatusCode())
        .headers(answer.getHeaders())
        .header(HttpHeaders.ALLOW, allowed)
        .body(answer.getBody());
  }

  @ExceptionHandler({NoResourceFoundException.class, NoHandlerFoundException.class})
  ResponseEntity<byte[]> nothingHere() {
    return writer.answer(new ProblemException(Problem.NOT_FOUND, "No route has this path."));
  }

  @ExceptionHandler
  ResponseEntity<byte[]> answer(TypeMismatchException mismatch) {
    String name = mismatch.getPropertyName();
    return writer.answer(
        ProblemException.badRequest(
            name == null
                ? "A parameter of the request has the wrong form."
                : "The parameter " + name + " has the wrong form."));
  }

  /** The client is gone; there is nobody to answer. */
  @ExceptionHandler
  void gone(AsyncRequestNotUsableException unusable) {}

  /** An answer that was begun and cannot be ended: the server closes its connection. */
  @ExceptionHandler
  void cut(CloseNowException cut) throws CloseNowException {
    throw cut;
  }

  @ExceptionHandler
  ResponseEntity<byte[]> answer(Exception fault, HttpServletRequest request) {
    if (fault instanceof ErrorResponse known && known.getStatusCode().is4xxClientError()) {
      return writer.answer(
          ProblemException.badRequest("A parameter or header of the request is malformed."));
    }
    if (fault instanceof IOException) { // the client went away while it was read or written to
      log.debug("{} {} was cut off", request.getMethod(), request.getRequestURI());
    } else {
      log.error("{} {} failed", request.getMethod(), request.getRequestURI(), fault);
    }
    return writer.answer(
        new ProblemException(Problem.INTERNAL_ERROR, "The call could not be carried out."));
  }
}
