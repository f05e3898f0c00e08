package io.threadmill.web;

import io.threadmill.job.DurationText;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes problem documents (RFC 9457), from controllers and from filters alike. Thread-safe. */
@Component
public final class ProblemWriter {

  private final JsonMapper mapper;

  ProblemWriter(JsonMapper mapper) {
    this.mapper = mapper;
  }

  ResponseEntity<byte[]> answer(ProblemException problem) {
    var answer =
        ResponseEntity.status(problem.problem().status())
            .contentType(MediaType.APPLICATION_PROBLEM_JSON);
    if (problem.retryAfter() != null) {
      answer.header(
          HttpHeaders.RETRY_AFTER,
          Long.toString(DurationText.retryAfterSeconds(problem.retryAfter())));
    }
    if (problem.problem() == Problem.UNAUTHENTICATED) {
      answer.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    }
    return answer.body(bytes(problem));
  }

  /** Ends a response that no controller has begun. */
  public void write(HttpServletResponse response, ProblemException problem) throws IOException {
    ResponseEntity<byte[]> answer = answer(problem);
    response.setStatus(answer.getStatusCode().value());
    answer.getHeaders().forEach((name, values) -> response.setHeader(name, values.getFirst()));
    byte[] body = answer.getBody();
    if (body != null) {
      response.setContentLength(body.length);
      response.getOutputStream().write(body);
    }
  }

  private byte[] bytes(ProblemException problem) {
    return mapper.writeValueAsBytes(document(problem));
  }

  static Map<String, Object> document(ProblemException problem) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("type", "/problems/" + problem.problem().slug());
    document.put("title", problem.problem().title());
    document.put("status", problem.problem().status());
    document.put("detail", problem.detail());
    if (!problem.errors().isEmpty()) {
      document.put("errors", problem.errors());
    }
    document.putAll(problem.extensions());
    return document;
  }
}
