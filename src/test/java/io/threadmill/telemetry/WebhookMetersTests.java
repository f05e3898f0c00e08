package io.threadmill.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.threadmill.job.CacheOptions;
import io.threadmill.job.Ending;
import io.threadmill.job.JobError;
import io.threadmill.job.JobId;
import io.threadmill.job.JobResult;
import io.threadmill.job.RetryPolicy;
import io.threadmill.job.TakenJob;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WebhookMetersTests {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final JobError ERROR =
      JobError.retryable("webhook-rejected", "No", "It said 500.");
  private static final Ending DELIVERED =
      new Ending.Succeeded(JobResult.ResultBody.json(new byte[] {'1'}), JobResult.CacheUse.BYPASS);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final WebhookMeters meters = new WebhookMeters(registry);

  private static TakenJob job(String type) {
    return new TakenJob(
        new JobId("0".repeat(26)),
        "1-a",
        type,
        "{}",
        type,
        null,
        null,
        1,
        1,
        0,
        new RetryPolicy(3, SECOND),
        SECOND,
        CacheOptions.DEFAULT,
        null,
        0,
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH);
  }

  private double count(String outcome) {
    return registry.get(Meter.WEBHOOK_DELIVERIES.id()).tag("outcome", outcome).counter().count();
  }

  @Test
  void eachTryIsCountedByWhatBecomesOfItsDelivery() {
    meters.recorded(job("webhook"), new Ending.Retried(ERROR, SECOND), SECOND, SECOND);
    meters.recorded(job("webhook"), DELIVERED, SECOND, Duration.ofSeconds(7));
    meters.recorded(job("webhook"), new Ending.Failed(ERROR), SECOND, SECOND);
    meters.recorded(job("webhook"), new Ending.Released(Duration.ZERO), SECOND, SECOND);
    assertThat(count("retried")).isEqualTo(1);
    assertThat(count("delivered")).isEqualTo(1);
    assertThat(count("dead")).isEqualTo(1);
    assertThat(registry.get(Meter.WEBHOOK_DELAY.id()).timer().totalTime(TimeUnit.SECONDS))
        .as("only what was delivered has a delay")
        .isEqualTo(7);
  }

  @Test
  void otherJobsAreNoDeliveries() {
    meters.recorded(job("scrape"), DELIVERED, SECOND, SECOND);
    assertThat(count("delivered")).as("known from the start").isZero();
  }
}
