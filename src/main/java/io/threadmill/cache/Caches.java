package io.threadmill.cache;

import io.threadmill.cache.CacheStore.Usage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The maps there are. Immutable.
 *
 * @param responses what sites answered
 * @param results what functions computed
 */
public record Caches(SharedCache responses, SharedCache results) {

  public static final String RESPONSES = "responses";
  public static final String RESULTS = "results";

  /** The names of the maps there are. */
  public static final List<String> NAMES = List.of(RESPONSES, RESULTS);

  public List<SharedCache> all() {
    return List.of(responses, results);
  }

  /**
   * How much each map holds, by its name.
   *
   * @throws io.threadmill.job.StoreUnavailable when Redis is away
   */
  public Map<String, Usage> usage() {
    var usage = new LinkedHashMap<String, Usage>();
    all().forEach(cache -> usage.put(cache.name(), cache.usage()));
    return usage;
  }
}
