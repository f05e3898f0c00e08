package io.threadmill.web.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.threadmill.web.openapi.Operations.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * Runs behind all other classes of {@code verify} and looks back: each answer the document lists
 * was given at least once, or is named here with the reason why not.
 */
@Order(Integer.MAX_VALUE)
class ContractCoverageIT {

  /** By pattern of {@code METHOD template status slug}. */
  private static final Map<String, String> UNSEEN =
      Map.of(
          ".* 500 internal-error",
          "a fault of the service's own is not brought about on purpose",
          "GET /actuator/health/liveness 503",
          "only a deadlock ends it, which HealthBoardTests plays without one",
          "POST /v1/jobs 503 overloaded",
          "takes thousands of calls at once, more than a build's machine should bear",
          "GET /v1/(jobs|batches)/\\{id\\}(/events|/results)? 503 overloaded",
          "takes ten thousand clients that wait; EventHubTests sees the refusal below HTTP",
          "PUT /v1/limits/\\{key} 409 too-many-limits",
          "takes ten thousand limits; LimitsIT sees the refusal below HTTP");

  @Test
  void everyAnswerOfTheDocumentWasGivenOrIsNamed() {
    assumeThat(System.getProperty("basedir")).as("run by Maven").isNotNull();
    assumeThat(System.getProperty("it.test")).as("the whole suite ran").isNull();
    Set<String> missing = new TreeSet<>(documented());
    missing.removeAll(Contract.seen());
    List<String> unused = new ArrayList<>();
    UNSEEN
        .keySet()
        .forEach(pattern -> {
          if (!missing.removeIf(Pattern.compile(pattern).asMatchPredicate())) {
            unused.add(pattern);
          }
        });
    assertThat(missing).as("documented answers that no test has seen").isEmpty();
    assertThat(unused).as("named as unseen, yet seen").isEmpty();
  }

  @Test
  void everyEventOfTheDocumentWasSentToAReceiver() {
    assumeThat(System.getProperty("basedir")).as("run by Maven").isNotNull();
    assumeThat(System.getProperty("it.test")).as("the whole suite ran").isNull();
    assertThat(CallOuts.seen()).isEqualTo(CallOuts.documented()).hasSize(5);
  }

  private static Set<String> documented() {
    Set<String> documented = new TreeSet<>();
    for (Operation operation : Operations.documented().all()) {
      operation
          .node()
          .path("responses")
          .properties()
          .forEach(answer -> {
            int status = Integer.parseInt(answer.getKey());
            Set<String> types = new TreeSet<>(answer.getValue().path("content").propertyNames());
            if (!types.equals(Set.of("application/problem+json"))) {
              documented.add(Contract.entry(operation, status, ""));
            }
            answer
                .getValue()
                .path("content")
                .path("application/problem+json")
                .path("examples")
                .propertyNames()
                .forEach(slug -> documented.add(Contract.entry(operation, status, slug)));
          });
    }
    return documented;
  }
}
