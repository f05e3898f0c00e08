package io.threadmill.web;

import io.threadmill.job.Violations.Violation;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ends a call with a problem document. */
public final class ProblemException extends RuntimeException {

  private final Problem problem;
  private final List<Violation> errors;
  private final Map<String, Object> extensions = new LinkedHashMap<>();
  private @Nullable Duration retryAfter;

  public ProblemException(Problem problem, String detail) {
    this(problem, detail, List.of());
  }

  public ProblemException(Problem problem, String detail, List<Violation> errors) {
    super(detail, null, false, false); // an answer, not a fault: no stack is needed
    this.problem = problem;
    this.errors = List.copyOf(errors);
  }

  public static ProblemException badRequest(String detail) {
    return new ProblemException(Problem.BAD_REQUEST, detail);
  }

  /** Adds a member to the document. */
  public ProblemException with(String name, Object value) {
    extensions.put(name, value);
    return this;
  }

  public ProblemException retryAfter(Duration pause) {
    retryAfter = pause;
    return this;
  }

  public Problem problem() {
    return problem;
  }

  public String detail() {
    return String.valueOf(getMessage());
  }

  List<Violation> errors() {
    return errors;
  }

  Map<String, Object> extensions() {
    return extensions;
  }

  @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
