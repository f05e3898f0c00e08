package io.threadmill.web;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;

/** Says in one line why the service does not start. */
final class OneLineReport implements FailureAnalysisReporter {

  private static final Logger log = LoggerFactory.getLogger(OneLineReport.class);

  @Override
  public void report(FailureAnalysis analysis) {
    String action = analysis.getAction() == null ? "" : " " + analysis.getAction();
    log.error(
        "Threadmill does not start: {}",
        (analysis.getDescription() + action).replaceAll("\\s+", " ").strip());
  }
}
