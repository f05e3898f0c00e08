package io.threadmill.compute;

import io.threadmill.job.ProblemKind;
import java.util.List;
import org.springframework.stereotype.Component;

/** The problem that a computation of its own can end with. */
@Component
final class ComputeProblems implements ProblemKind.Catalogue {

  static final String FAILED = "computation-failed";
  static final String FAILED_TITLE = "The input has no result";

  @Override
  public List<ProblemKind> kinds() {
    return List.of(
        new ProblemKind(
            FAILED,
            FAILED_TITLE,
            "The input is of the right form, but the function found that it has no result.",
            "Read the detail, correct the input and submit another job."));
  }
}
