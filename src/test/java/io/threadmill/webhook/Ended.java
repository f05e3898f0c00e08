package io.threadmill.webhook;

import io.threadmill.job.JobError;
import io.threadmill.job.JobId;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSnapshot.StoredResult;
import io.threadmill.job.JobState;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ends for tests to tell. */
final class Ended {

  static final JobId JOB = new JobId("01m8708jpq00000001bttndz92");
  static final JobId BATCH = new JobId("01m8708jpq00000002bttndz92");
  static final JobId DELIVERY = new JobId("01m8708jpq00000003bttndz92");
  static final Instant AT = Instant.parse("2026-11-24T14:44:52.562Z");

  private Ended() {}

  static DeliveryParams job(String state, int run) {
    return new DeliveryParams(
        JOB.value(), null, JOB.value(), state, AT.toEpochMilli(), "scrape", run, 0, null);
  }

  static DeliveryParams batch(String state) {
    return new DeliveryParams(
        null,
        BATCH.value(),
        BATCH.value(),
        state,
        AT.toEpochMilli(),
        null,
        0,
        3,
        Map.of("succeeded", 2L, "failed", 1L, "cancelled", 0L));
  }

  static JobSnapshot succeeded(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return job(
        JobState.SUCCEEDED, new StoredResult("application/json", bytes.length, json, null), null);
  }

  static JobSnapshot job(JobState state, @Nullable StoredResult result, @Nullable JobError error) {
    return new JobSnapshot(
        JOB,
        "scrape",
        state,
        "{\"headers\":{\"Authorization\":\"Bearer s3cret\"}}",
        result,
        error,
        1,
        1,
        null,
        null,
        5,
        List.of("nightly"),
        null,
        null,
        null,
        null,
        AT.minusSeconds(2),
        AT.minusSeconds(1),
        AT,
        AT.plusSeconds(3600),
        null,
        null,
        List.of());
  }
}
