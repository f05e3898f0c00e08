package io.threadmill.compute;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.stereotype.Component;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/** The compute functions there are, by name. Thread-safe. */
@Component
public final class Functions {

  private final Map<String, LoadedFunction<?>> loaded = new TreeMap<>();

  /**
   * @throws InvalidFunction when one is not in order or has the name of another
   */
  Functions(Collection<ComputeFunction<?>> found, JsonMapper mapper) {
    JsonMapper canonical = canonical(mapper);
    for (ComputeFunction<?> function : found) {
      LoadedFunction<?> other =
          loaded.putIfAbsent(function.name(), new LoadedFunction<>(function, canonical));
      if (other != null) {
        throw new InvalidFunction(
            function,
            "has the name \"%s\", and so has %s: give it another"
                .formatted(function.name(), other.function().getClass().getName()));
      }
    }
  }

  /** Writes equal values as equal texts. */
  private static JsonMapper canonical(JsonMapper mapper) {
    return mapper
        .rebuild()
        .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
        .disable(MapperFeature.SORT_CREATOR_PROPERTIES_FIRST)
        .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
        .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
        .disable(SerializationFeature.INDENT_OUTPUT)
        .build();
  }

  /** What each says of itself, by name. */
  public List<FunctionDescription> descriptions() {
    return loaded.values().stream().map(LoadedFunction::description).toList();
  }

  public Optional<FunctionDescription> describe(String name) {
    return find(name).map(LoadedFunction::description);
  }

  Set<String> names() {
    return loaded.keySet();
  }

  Optional<LoadedFunction<?>> find(String name) {
    return Optional.ofNullable(loaded.get(name));
  }
}
