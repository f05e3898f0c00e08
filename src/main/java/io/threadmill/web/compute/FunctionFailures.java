package io.threadmill.web.compute;

import io.threadmill.compute.InvalidFunction;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says in one sentence which compute function is not in order. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class FunctionFailures extends AbstractFailureAnalyzer<InvalidFunction> {

  @Override
  protected FailureAnalysis analyze(Throwable failure, InvalidFunction invalid) {
    return new FailureAnalysis(
        String.valueOf(invalid.getMessage()), "Correct it, or take its jar away.", failure);
  }
}
