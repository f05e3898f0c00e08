package io.threadmill.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.threadmill.redis.ScriptListener;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Times the scripts and counts those that failed. Apart from {@link JobMeters}, because job types
 * may need the store.
 */
@Component
final class ScriptMeters implements ScriptListener {

  private final MeterProvider<Timer> duration;
  private final MeterProvider<Counter> failures;

  ScriptMeters(MeterRegistry registry) {
    duration = Meters.timer(Meter.SCRIPT_DURATION, registry);
    failures = Meters.counter(Meter.SCRIPT_FAILURES, registry);
  }

  @Override
  public void ran(String script, Duration took, boolean failed) {
    duration.withTag("script", script).record(took);
    // Also by nothing: a series that begins at its first failure hides that one from rate().
    failures.withTag("script", script).increment(failed ? 1 : 0);
  }
}
