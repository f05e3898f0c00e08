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

  static Order of(String token, int work) {
    return new Order(new ChaosParams(token, work, 0, 0, false, 0), null, "", 5, 0, 0, 3, List.of());
  }

  String token() {
    return params.token();
  }

  Order failing(int first, int runs, boolean terminal) {
    var failing =
        new ChaosParams(params.token(), params.work(), first, runs, terminal, params.bytes());
    return new Order(failing, idem, key, priority, delay, runAt, attempts, tags);
  }

  Order yielding(int bytes) {
    var large =
        new ChaosParams(
            params.token(),
            params.work(),
            params.failFirst(),
            params.failRuns(),
            params.terminal(),
            bytes);
    return new Order(large, idem, key, priority, delay, runAt, attempts, tags);
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
            {"type":"%s","params":{"token":"%s","work":%d,"failFirst":%d,"failRuns":%d,\
            "terminal":%b,"bytes":%d},"priority":%d,"retry":{"attempts":%d,"backoff":"200ms"}\
            """,
            ChaosHandler.TYPE,
            params.token(),
            params.work(),
            params.failFirst(),
            params.failRuns(),
            params.terminal(),
            params.bytes(),
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
