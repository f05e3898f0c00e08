package io.threadmill.web.job;

import io.threadmill.job.JobId;
import io.threadmill.job.JobRepository.Filter;
import io.threadmill.job.JobState;
import io.threadmill.web.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The query of a call: known parameters only, each at most once. */
public record Query(Map<String, String[]> parameters) {

  public static Query of(HttpServletRequest request, Set<String> known) {
    Map<String, String[]> parameters = request.getParameterMap();
    parameters.forEach((name, values) -> {
      if (!known.contains(name)) {
        throw ProblemException.badRequest(
            "The query parameter \"%s\" is not known; known are %s."
                .formatted(
                    name.length() > 64 ? name.substring(0, 64) + "…" : name,
                    known.isEmpty() ? "none" : String.join(", ", new TreeSet<>(known))));
      }
      if (values.length > 1) {
        throw ProblemException.badRequest(
            "The query parameter " + name + " stands more than once.");
      }
    });
    return new Query(parameters);
  }

  public @Nullable String text(String name) {
    String[] values = parameters.get(name);
    if (values == null) {
      return null;
    }
    if (values[0].isEmpty()) {
      throw ProblemException.badRequest("The query parameter " + name + " is empty.");
    }
    return values[0];
  }

  public boolean flag(String name) {
    String text = text(name);
    if (text == null || text.equals("false")) {
      return false;
    }
    if (text.equals("true")) {
      return true;
    }
    throw ProblemException.badRequest("The query parameter " + name + " must be true or false.");
  }

  public int number(String name, int fallback, int least, int most) {
    String text = text(name);
    if (text == null) {
      return fallback;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException _) {
      // answered below
    }
    throw ProblemException.badRequest(
        "The query parameter %s must be a whole number from %d to %d."
            .formatted(name, least, most));
  }

  public @Nullable String cursor() {
    String text = text("cursor");
    if (text != null && !JobId.isWellFormed(text)) {
      throw ProblemException.badRequest(
          "The query parameter cursor must be the value of next from the page before.");
    }
    return text;
  }

  Filter filter() {
    String state = text("state");
    return new Filter(state == null ? null : state(state), text("type"), text("tag"));
  }

  private static JobState state(String name) {
    return JobState.ofWireName(name)
        .orElseThrow(() ->
            ProblemException.badRequest(
                "The query parameter state must be scheduled, queued, running, succeeded,"
                    + " failed or cancelled."));
  }
}
