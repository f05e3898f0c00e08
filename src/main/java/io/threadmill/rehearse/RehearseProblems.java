package io.threadmill.rehearse;

import io.threadmill.job.ProblemKind;
import java.util.List;
import org.springframework.stereotype.Component;

/** The problem that a rehearsal ends with when it is told to fail for good. */
@Component
final class RehearseProblems implements ProblemKind.Catalogue {

  @Override
  public List<ProblemKind> kinds() {
    return List.of(
        new ProblemKind(
            "rehearsed-failure",
            "The rehearsal failed as told",
            "The job's params asked for a terminal failure.",
            "Nothing is to be done; leave error out to see it succeed."));
  }
}
