package io.threadmill.pool;

import io.threadmill.job.ProblemKind;
import java.util.List;
import org.springframework.stereotype.Component;

/** The problems that a run of any type can end with. */
@Component
final class RunProblems implements ProblemKind.Catalogue {

  @Override
  public List<ProblemKind> kinds() {
    return List.of(
        new ProblemKind(
            "timed-out",
            "The attempt ran out of time",
            "The attempt did not end within its timeout and was interrupted.",
            "Raise the job's timeout, or look at why the work is slow."),
        new ProblemKind(
            "handler-exception",
            "The job's code threw an exception",
            "An exception escaped the code of the job's type; the log holds it. It is retried.",
            "Where it lasts, report it with the log's lines of this job."),
        new ProblemKind(
            "handler-error",
            "The job's code failed with an error",
            "An error such as a stack overflow escaped the code. It is not retried by itself.",
            "Look at the input; report it with the log's lines of this job."),
        new ProblemKind(
            "interrupted",
            "The attempt was stopped",
            "Its thread was interrupted from outside. It is retried.",
            "Nothing is to be done."),
        new ProblemKind(
            "unsupported-job",
            "The job does not fit this version",
            "Its type or parameters are not known to the instance that took it.",
            "Run instances of one version, then retry the job."),
        new ProblemKind(
            "result-too-large",
            "The result is too large to keep",
            "A result may have 8 MiB.",
            "Ask for less in one job."));
  }
}
