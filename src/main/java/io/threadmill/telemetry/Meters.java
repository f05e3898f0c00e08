package io.threadmill.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** Makes meters as the catalogue describes them. */
final class Meters {

  /** Bucket bounds: from a script's fraction of a millisecond to an attempt's default timeout. */
  private static final Duration[] BOUNDS = {
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofMinutes(1),
    Duration.ofMinutes(5),
    Duration.ofMinutes(10)
  };

  private Meters() {}

  static MeterProvider<Counter> counter(Meter meter, MeterRegistry registry) {
    return Counter.builder(meter.id()).description(meter.meaning()).withRegistry(registry);
  }

  static MeterProvider<Timer> timer(Meter meter, MeterRegistry registry) {
    return Timer.builder(meter.id())
        .description(meter.meaning())
        .serviceLevelObjectives(BOUNDS)
        .withRegistry(registry);
  }
}
