package io.threadmill.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What reached the container's own error handling is answered as a problem too. */
@RestController
final class ErrorRoute implements ErrorController {

  private final ProblemWriter writer;

  ErrorRoute(ProblemWriter writer) {
    this.writer = writer;
  }

  @RequestMapping("/error")
  ResponseEntity<byte[]> answer(HttpServletRequest request) {
    Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    int status = code instanceof Integer number ? number : 404;
    Problem problem = Problem.ofStatus(status);
    return writer.answer(new ProblemException(problem, problem.meaning()));
  }
}
