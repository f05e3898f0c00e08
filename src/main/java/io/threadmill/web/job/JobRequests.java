package io.threadmill.web.job;

import io.threadmill.batch.Template;
import io.threadmill.batch.Templates;
import io.threadmill.job.JobRequest;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** From bodies to requests, by way of the template that a body may name. Thread-safe. */
@Component
public final class JobRequests {

  private static final String TEMPLATE = "template";

  private final Templates templates;
  private final JsonMapper mapper;

  JobRequests(Templates templates, JsonMapper mapper) {
    this.templates = templates;
    this.mapper = mapper;
  }

  /**
   * The request of a job.
   *
   * @param caller the name of the access key it came with
   * @throws io.threadmill.web.ProblemException when a field is unknown or has the wrong type
   * @throws io.threadmill.job.InvalidJob when a value cannot be meant, or there is no such template
   */
  public JobRequest read(JsonNode body, @Nullable String caller) {
    JobRequestReader.refuseUnknown(body, Set.of(TEMPLATE));
    JsonNode name = body.path(TEMPLATE);
    if (name.isMissingNode()) {
      return JobRequestReader.read(body, caller, null);
    }
    if (!name.isString()) {
      throw JsonBody.malformed("/template", "The field \"template\" must be a string.");
    }
    Template template = templates.named(name.asString());
    ObjectNode merged = (ObjectNode) template.expand(body);
    merged.remove(TEMPLATE);
    return JobRequestReader.read(merged, caller, template.name());
  }

  /**
   * The request that a template's body is the shape of: params may be missing.
   *
   * @throws io.threadmill.web.ProblemException when a field is unknown or has the wrong type
   * @throws io.threadmill.job.InvalidJob when a value cannot be meant
   */
  public JobRequest shape(JsonNode body) {
    ObjectNode whole = mapper.createObjectNode().setAll((ObjectNode) body);
    if (whole.path("params").isMissingNode()) {
      whole.putObject("params");
    }
    return JobRequestReader.read(whole, null, null);
  }
}
