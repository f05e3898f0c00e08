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
    return merged((ObjectNode) body, caller);
  }

  /**
   * What the rows of a batch have in common; its params are those they share.
   *
   * @throws io.threadmill.web.ProblemException when a field is unknown or has the wrong type
   * @throws io.threadmill.job.InvalidJob when a value cannot be meant, or there is no such template
   */
  public JobRequest common(JsonNode body, @Nullable String caller) {
    if (body.has("params")) {
      throw JsonBody.malformed(
          "/params", "A batch has common, the params that all items share, in place of params.");
    }
    JobRequestReader.refuseUnknown(body, Set.of(TEMPLATE, "common", "items"));
    ObjectNode job = mapper.createObjectNode().setAll((ObjectNode) body);
    job.remove("items");
    JsonNode common = job.remove("common");
    if (common == null || common.isNull()) {
      job.putObject("params");
    } else if (common.isObject()) {
      job.set("params", common);
    } else {
      throw JsonBody.malformed("/common", "The field \"common\" must be an object.");
    }
    return merged(job, caller);
  }

  private JobRequest merged(ObjectNode body, @Nullable String caller) {
    JsonNode name = body.path(TEMPLATE);
    if (name.isMissingNode() || name.isNull()) {
      ObjectNode plain = mapper.createObjectNode().setAll(body);
      plain.remove(TEMPLATE);
      return JobRequestReader.read(plain, caller, null);
    }
    if (!name.isString()) {
      throw JsonBody.malformed("/template", "The field \"template\" must be a string.");
    }
    Template template = templates.named(name.asString());
    ObjectNode whole = (ObjectNode) template.expand(body);
    whole.remove(TEMPLATE);
    return JobRequestReader.read(whole, caller, template.name());
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
