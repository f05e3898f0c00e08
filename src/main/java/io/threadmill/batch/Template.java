package io.threadmill.batch;

import io.threadmill.job.InvalidJob;
import io.threadmill.job.Violations.Violation;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

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

  /** The body of a job of this shape; what the job brings wins. */
  public JsonNode expand(JsonNode body) {
    return MergePatch.apply(shape, body);
  }

  /** The refusal of a job that names a template there is none of. */
  static InvalidJob unknown(String name) {
    String shown = name.length() > 64 ? name.substring(0, 64) + "…" : name;
    return new InvalidJob(
        List.of(new Violation("/template", "there is no template \"" + shown + "\"")));
  }
}
