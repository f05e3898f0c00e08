package io.threadmill.web;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Puts our error reports behind Spring Boot's own, which is added first: the innermost valve
 * answers first.
 */
@Component
final class ProblemReports implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  private final ProblemWriter writer;

  ProblemReports(ProblemWriter writer) {
    this.writer = writer;
  }

  @Override
  public void customize(TomcatServletWebServerFactory tomcat) {
    tomcat.addContextCustomizers(
        context -> context.getParent().getPipeline().addValve(new ProblemReportValve(writer)));
  }
}
