package io.threadmill.web.compute;

import io.threadmill.compute.FunctionDescription;
import io.threadmill.compute.Functions;
import io.threadmill.web.Problem;
import io.threadmill.web.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** What can be computed here. */
@RestController
final class FunctionController {

  private final Functions functions;
  private final JsonMapper mapper;

  FunctionController(Functions functions, JsonMapper mapper) {
    this.functions = functions;
    this.mapper = mapper;
  }

  @GetMapping("/v1/functions")
  ResponseEntity<byte[]> all(HttpServletRequest request) {
    refuseQuery(request);
    return answer(Map.of("functions", functions.descriptions()));
  }

  @GetMapping("/v1/functions/{name}")
  ResponseEntity<byte[]> one(@PathVariable String name, HttpServletRequest request) {
    refuseQuery(request);
    return answer(
        functions
            .describe(name)
            .orElseThrow(() ->
                new ProblemException(
                    Problem.FUNCTION_NOT_FOUND,
                    functions.descriptions().stream()
                        .map(FunctionDescription::name)
                        .collect(
                            Collectors.joining(
                                ", ", "No function has this name; there is ", ".")))));
  }

  private static void refuseQuery(HttpServletRequest request) {
    if (request.getQueryString() != null && !request.getQueryString().isEmpty()) {
      throw ProblemException.badRequest("This route takes no query parameters.");
    }
  }

  private ResponseEntity<byte[]> answer(Object body) {
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .body(mapper.writeValueAsBytes(body));
  }
}
