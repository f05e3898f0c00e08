package io.threadmill.web.batch;

import io.threadmill.batch.Template;
import io.threadmill.batch.TemplateRepository.Kept;
import io.threadmill.batch.Templates;
import io.threadmill.job.InvalidJob;
import io.threadmill.job.Violations.Violation;
import io.threadmill.web.Problem;
import io.threadmill.web.ProblemException;
import io.threadmill.web.job.Credentials;
import io.threadmill.web.job.JobRequests;
import io.threadmill.web.job.JsonBody;
import io.threadmill.web.job.Query;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Shapes of jobs, kept under a name. */
@RestController
final class TemplateController {

  private final Templates templates;
  private final JobRequests requests;
  private final JsonMapper mapper;

  TemplateController(Templates templates, JobRequests requests, JsonMapper mapper) {
    this.templates = templates;
    this.requests = requests;
    this.mapper = mapper;
  }

  @PutMapping(path = "/v1/templates/{name}", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> put(@PathVariable String name, HttpServletRequest request)
      throws IOException {
    Query.of(request, Set.of());
    if (!Template.isName(name)) {
      throw new InvalidJob(
          List.of(
              new Violation(
                  "",
                  "a template's name is 1 to 64 letters, digits, dots, dashes and underscores, and"
                      + " begins with a letter or digit")));
    }
    JsonNode body = JsonBody.read(request, Templates.MOST_BYTES, mapper);
    var template = new Template(name, body);
    Kept kept = templates.put(template, requests.shape(body));
    if (kept == Kept.TOO_MANY) {
      throw new ProblemException(
          Problem.TOO_MANY_TEMPLATES,
          "There are %d templates, as many as may be; nothing was written."
              .formatted(Templates.MOST));
    }
    var answer =
        kept == Kept.NEW
            ? ResponseEntity.created(URI.create("/v1/templates/" + name))
            : ResponseEntity.ok();
    return answer.contentType(MediaType.APPLICATION_JSON).body(bytes(json(template)));
  }

  @GetMapping("/v1/templates/{name}")
  ResponseEntity<byte[]> look(@PathVariable String name, HttpServletRequest request) {
    Query.of(request, Set.of());
    Template template = templates.find(name).orElseThrow(TemplateController::notFound);
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(bytes(json(template)));
  }

  @GetMapping("/v1/templates")
  ResponseEntity<byte[]> all(HttpServletRequest request) {
    Query.of(request, Set.of());
    ObjectNode body = mapper.createObjectNode();
    var rows = body.putArray("templates");
    templates.all().forEach(template -> rows.add(json(template).remove(List.of("params"))));
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(bytes(body));
  }

  @DeleteMapping("/v1/templates/{name}")
  ResponseEntity<Void> delete(@PathVariable String name, HttpServletRequest request) {
    Query.of(request, Set.of());
    if (!templates.remove(name)) {
      throw notFound();
    }
    return ResponseEntity.noContent().build();
  }

  private static ProblemException notFound() {
    return new ProblemException(Problem.TEMPLATE_NOT_FOUND, "There is no template of this name.");
  }

  private ObjectNode json(Template template) {
    ObjectNode node = mapper.createObjectNode();
    node.put("name", template.name());
    node.setAll(Credentials.maskedBody((ObjectNode) template.shape()));
    return node;
  }

  private byte[] bytes(JsonNode node) {
    return mapper.writeValueAsBytes(node);
  }
}
