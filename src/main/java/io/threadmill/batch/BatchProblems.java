package io.threadmill.batch;

import io.threadmill.job.JobError;
import io.threadmill.job.ProblemKind;
import io.threadmill.job.Violations.Violation;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** The problem that a row which could never run ends with. */
@Component
final class BatchProblems implements ProblemKind.Catalogue {

  private static final ProblemKind INVALID_ITEM =
      new ProblemKind(
          "invalid-item",
          "The item is not valid",
          "The batch's item does not describe a job that can run; errors names each field, and line the"
              + " line of an NDJSON body.",
          "Correct the item and submit it in another batch; the other rows were not spoiled.");

  @Override
  public List<ProblemKind> kinds() {
    return List.of(INVALID_ITEM);
  }

  /**
   * @param line of an NDJSON body, from 1; 0 for an item of a JSON body
   */
  static JobError invalidItem(List<Violation> faults, int line) {
    JobError error =
        JobError.terminal(
                INVALID_ITEM.slug(),
                INVALID_ITEM.title(),
                faults.stream()
                    .map(fault -> (fault.pointer() + " " + fault.detail()).strip())
                    .reduce((one, other) -> one + "; " + other)
                    .orElse("It is not valid."))
            .with(
                "errors",
                faults.stream()
                    .map(fault -> Map.of("pointer", fault.pointer(), "detail", fault.detail()))
                    .toList());
    return line == 0 ? error : error.with("line", line);
  }
}
