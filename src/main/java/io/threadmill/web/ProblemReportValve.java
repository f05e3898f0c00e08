package io.threadmill.web;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;

/**
 * Answers what the container refuses before any filter sees it, such as a request line that cannot
 * be read, with a problem document where Tomcat would send a page of its own.
 */
final class ProblemReportValve extends ErrorReportValve {

  private final ProblemWriter writer;

  ProblemReportValve(ProblemWriter writer) {
    this.writer = writer;
  }

  @Override
  protected void report(Request request, Response response, @Nullable Throwable fault) {
    int status = response.getStatus();
    boolean answered = response.getContentWritten() > 0 || !response.setErrorReported();
    if (status < 400 || answered) {
      return;
    }
    Problem problem = Problem.ofStatus(status);
    try {
      writer.write(response, new ProblemException(problem, problem.meaning()));
      response.finishResponse();
    } catch (IOException _) {
      // The client is gone; there is nobody to answer.
    }
  }
}
