package io.threadmill.batch;

import io.threadmill.job.InvalidJob;
import io.threadmill.job.Violations.Violation;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A job's shape kept under a name: what {@code functools.partial} is to a function.
 *
 * @param shape a job request's body in which params may lack what each job brings
 */
public record Template(String name, JsonNode shape) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** The body of a job of this shape; what the job brings wins, also which kind of time it has. */
  public JsonNode expand(JsonNode body) {
    JsonNode whole = MergePatch.apply(shape, body);
    if (whole instanceof ObjectNode object) {
      if (body.hasNonNull("runAt") && !body.has("delay")) {
        object.remove("delay");
      } else if (body.hasNonNull("delay") && !body.has("runAt")) {
        object.remove("runAt");
      }
    }
    return whole;
  }

  /** The refusal of a job that names a template there is none of. */
  static InvalidJob unknown(String name) {
    String shown = name.length() > 64 ? name.substring(0, 64) + "…" : name;
    return new InvalidJob(
        List.of(new Violation("/template", "there is no template \"" + shown + "\"")));
  }
}
