package io.threadmill.redis;

import io.threadmill.job.ProblemKind;
import java.util.List;
import org.springframework.stereotype.Component;

/** The problems that the queue itself ends jobs with. */
@Component
final class QueueProblems implements ProblemKind.Catalogue {

  @Override
  public List<ProblemKind> kinds() {
    return List.of(
        new ProblemKind(
            "unreadable-job",
            "The job cannot be read",
            "What is kept of it is damaged, or was written by another version. It did not run.",
            "Look at the log of the instance that took it, and submit the job again."),
        new ProblemKind(
            "worker-lost",
            "The workers that ran this job were lost",
            "The instance died or froze in three attempts of one run; they were not counted as"
                + " failures.",
            "Look at why instances die while they run it; then retry the job."));
  }
}
