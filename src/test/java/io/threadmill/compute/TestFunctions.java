package io.threadmill.compute;

import io.threadmill.compute.builtin.Builtins;
import java.util.List;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/** Functions loaded with a mapper as strict as the service's. */
final class TestFunctions {

  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private TestFunctions() {}

  static Functions builtins() {
    return new Functions(Builtins.all(), MAPPER);
  }

  static Functions of(ComputeFunction<?>... functions) {
    return new Functions(List.of(functions), MAPPER);
  }
}
