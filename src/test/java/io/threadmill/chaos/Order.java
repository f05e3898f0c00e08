package io.threadmill.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A submission as a client means it.
 *
 * @param idem its Idempotency-Key
 * @param key the key it is grouped and limited under; empty for none
 * @param delay in milliseconds; 0 for at once
 * @param runAt an instant in milliseconds instead; 0 for none
 * @param attempts how many attempts a run may have
 */
record Order(
    ChaosParams params,
    @Nullable String idem,
    String key,
    int priority,
    long delay,
    long runAt,
    int attempts,
    List<String> tags) {

  /** Keys of floods begin so. */
  static final String FLOOD = "flood-";

  boolean isOfAFlood() {
    return key.startsWith(FLOOD);
  }

  static Order of(String token, int work) {
    return new Order(ChaosParams.of(token, work), null, "", 5, 0, 0, 3, List.of());
  }

  String token() {
    return params.token();
  }

  Order failing(int first, int runs, boolean terminal) {
    return doing(params.failing(first, runs, terminal));
  }

  Order yielding(int bytes) {
    return doing(params.yielding(bytes));
  }

  Order spawning(int children) {
    return doing(params.spawning(children)).patient();
  }

  Order stepping(int steps) {
    return doing(params.stepping(steps)).patient();
  }

  boolean spawns() {
    return params.children() > 0;
  }

  private Order doing(ChaosParams other) {
    return new Order(other, idem, key, priority, delay, runAt, attempts, tags);
  }

  private Order patient() {
    return new Order(params, idem, key, priority, delay, runAt, 10, tags);
  }

  Order under(String idempotencyKey) {
    return new Order(params, idempotencyKey, key, priority, delay, runAt, attempts, tags);
  }

  Order keyed(String name, int level) {
    return new Order(params, idem, name, level, delay, runAt, attempts, tags);
  }

  Order delayed(long millis) {
    return new Order(params, idem, key, priority, millis, 0, attempts, tags);
  }

  Order at(long millis) {
    return new Order(params, idem, key, priority, 0, millis, attempts, tags);
  }

  Order tagged(String tag) {
    var all = new ArrayList<>(tags);
    all.add(tag);
    return new Order(params, idem, key, priority, delay, runAt, attempts, List.copyOf(all));
  }

  /** The body of the POST. */
  String body() {
    var body = new StringBuilder();
    body.append(
        String.format(
            Locale.ROOT,
            """
            {"type":"%s","params":%s,"priority":%d,"retry":{"attempts":%d,"backoff":"200ms"}\
            """,
            ChaosHandler.TYPE,
            params.json(),
            priority,
            attempts));
    if (!key.isEmpty()) {
      body.append(",\"key\":\"").append(key).append('"');
    }
    if (delay > 0) {
      body.append(",\"delay\":\"").append(delay).append("ms\"");
    }
    if (runAt > 0) {
      body.append(",\"runAt\":\"").append(java.time.Instant.ofEpochMilli(runAt)).append('"');
    }
    if (!tags.isEmpty()) {
      body.append(",\"tags\":[\"").append(String.join("\",\"", tags)).append("\"]");
    }
    return body.append('}').toString();
  }
}
