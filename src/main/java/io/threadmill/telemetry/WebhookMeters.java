package io.threadmill.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.threadmill.job.Ending;
import io.threadmill.job.JobListener;
import io.threadmill.job.TakenJob;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/** Counts what becomes of webhooks' deliveries here. Thread-safe. */
@Component
final class WebhookMeters implements JobListener {

  private static final String TYPE = "webhook";

  private final MeterProvider<Counter> deliveries;
  private final Timer delay;

  WebhookMeters(MeterRegistry registry) {
    deliveries = Meters.counter(Meter.WEBHOOK_DELIVERIES, registry);
    delay = Meters.timer(Meter.WEBHOOK_DELAY, registry).withTags();
    // Series that begin at their first event would hide it from Prometheus's rate().
    List.of("delivered", "retried", "dead").forEach(o -> deliveries.withTag("outcome", o));
  }

  /** A delivery is created in the very step that records the end it tells. */
  @Override
  public void recorded(TakenJob job, Ending ending, Duration ran, Duration sinceEnd) {
    if (!job.type().equals(TYPE)) {
      return;
    }
    switch (ending) {
      case Ending.Succeeded _ -> {
        count("delivered");
        delay.record(sinceEnd);
      }
      case Ending.Retried _ -> count("retried");
      case Ending.Failed _ -> count("dead");
      case Ending.Cancelled _, Ending.Released _, Ending.Awaiting _, Ending.Joining _ -> {}
    }
  }

  private void count(String outcome) {
    deliveries.withTag("outcome", outcome).increment();
  }
}
