package io.threadmill.scrape;

import io.threadmill.cache.Fingerprint;
import io.threadmill.cache.Reuse;
import io.threadmill.egress.Fetched;
import io.threadmill.job.JobContext;
import io.threadmill.job.JobResult.CacheUse;
import java.time.Instant;
import java.time.InstantSource;
import tools.jackson.databind.json.JsonMapper;

/** The map {@code responses} as the scrape job type uses it. Thread-safe. */
final class ResponseCache {

  private final Reuse responses;
  private final String policy;
  private final InstantSource clock;
  private final JsonMapper mapper;

  /**
   * @param policy of the egress
   */
  ResponseCache(Reuse responses, String policy, InstantSource clock, JsonMapper mapper) {
    this.responses = responses;
    this.policy = policy;
    this.clock = clock;
    this.mapper = mapper;
  }

  /** The stored response that the job may use. */
  Reuse.Answer<StoredResponse> ask(ScrapeParams params, JobContext context) {
    if (!ResponseFingerprint.concerns(params) || ResponseFingerprint.insistsOnTheSite(params)) {
      return new Reuse.Absent<>(CacheUse.BYPASS);
    }
    return responses.ask(
        fingerprint(params, context),
        context,
        // A longer body is fetched, to fail as it would without a map.
        entry ->
            StoredResponse.unpack(entry, mapper)
                .filter(stored -> stored.fetched().body().length <= params.byteLimit()),
        stored -> stored.isFresh(clock.instant()));
  }

  private Fingerprint fingerprint(ScrapeParams params, JobContext context) {
    return ResponseFingerprint.of(params, policy, context.caller());
  }

  /** Keeps a response whose page could be read, where the job and the site allow it. */
  void keep(ScrapeParams params, JobContext context, Fetched fetched, Instant fetchedAt) {
    if (ResponseFingerprint.concerns(params)
        && Freshness.whyNotKept(fetched.status(), fetched.headers()) == null) {
      responses.keep(
          fingerprint(params, context),
          context,
          new StoredResponse(fetched, fetchedAt).pack(clock.instant(), mapper));
    }
  }
}
