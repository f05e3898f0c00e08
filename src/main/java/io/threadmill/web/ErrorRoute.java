package io.threadmill.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.DispatcherServlet;

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
    // The container answers 408 itself when a read times out, and passes over what the route then
    // says.
    if (request.getAttribute(DispatcherServlet.EXCEPTION_ATTRIBUTE) instanceof ProblemException said
        && said.problem().status() == status) {
      return writer.answer(said);
    }
    Problem problem = Problem.ofStatus(status);
    return writer.answer(new ProblemException(problem, problem.meaning()));
  }
}
