package io.threadmill.telemetry;

import io.threadmill.pool.PoolSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A pool as the endpoint shows it.
 *
 * @param mode always {@code off}: nothing resizes a pool yet
 * @param decisions the changes of size, none while nothing makes any
 */
record PoolView(
    int size,
    int min,
    int max,
    int running,
    int active,
    int lost,
    String mode,
    double goodput,
    List<Object> decisions) {

  static PoolView of(PoolSnapshot pool) {
    return new PoolView(
        pool.size(),
        pool.min(),
        pool.max(),
        pool.running(),
        pool.active(),
        pool.lost(),
        "off",
        pool.goodput(),
        List.of());
  }

  /** The numbers health shows. */
  static Map<String, Object> numbers(PoolSnapshot pool) {
    var numbers = new LinkedHashMap<String, Object>();
    numbers.put("size", pool.size());
    numbers.put("running", pool.running());
    numbers.put("active", pool.active());
    numbers.put("lost", pool.lost());
    return numbers;
  }
}
