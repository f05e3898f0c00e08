package io.threadmill.web.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.web.openapi.Operations;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the OpenAPI document says of keys and scopes is what the filter asks for. */
class ContractScopesTests {

  static Stream<Operations.Operation> operations() {
    return Operations.documented().all().stream();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void theDocumentedScopeIsTheOneAskedFor(Operations.Operation operation) {
    String path = operation.examplePath();
    assertThat(Routes.isOpen(path)).isEqualTo(!operation.needsKey());
    if (operation.needsKey()) {
      assertThat(Routes.scope(operation.method(), path).map(Scope::text))
          .isEqualTo(operation.scope());
    }
  }
}
