package io.threadmill.compute;

import io.threadmill.cache.Fingerprint;
import io.threadmill.cache.Reuse;
import io.threadmill.cache.SharedCache.Entry;
import io.threadmill.job.JobContext;
import io.threadmill.job.JobResult.ResultBody;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The map {@code results} as the compute job type uses it. An entry's head is the media type. A
 * result depends on its work alone, so it has no age beyond which it would be wrong. Thread-safe.
 */
final class ResultCache {

  /** The parts of a fingerprint, in their order; {@code docs/caching.md} lists them. */
  static final List<String> PARTS = List.of("function", "version", "input");

  private final Reuse results;
  private final InstantSource clock;

  ResultCache(Reuse results, InstantSource clock) {
    this.results = results;
    this.clock = clock;
  }

  static Fingerprint fingerprint(Work work) {
    return Fingerprint.of("compute")
        .with("function", work.function())
        .with("version", Integer.toString(work.version()))
        .with("input", work.input())
        .end();
  }

  /** The stored result that the job may use. */
  Reuse.Answer<ResultBody> ask(Fingerprint work, JobContext context) {
    return results.ask(work, context, entry -> Optional.of(body(entry)), _ -> true);
  }

  private static ResultBody body(Entry entry) {
    return new ResultBody(new String(entry.head(), StandardCharsets.UTF_8), entry.body());
  }

  /** Keeps a result, where the job allows it. */
  void keep(Fingerprint work, JobContext context, ResultBody body) {
    results.keep(
        work,
        context,
        new Entry(
            clock.instant(), body.mediaType().getBytes(StandardCharsets.UTF_8), body.bytes()));
  }
}
