package io.threadmill.pool;

import io.threadmill.job.DurationText;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the worker stops.
 *
 * @param grace how long running jobs may go on after SIGTERM before they are handed back
 */
@Validated
@ConfigurationProperties("threadmill.drain")
record WorkerProperties(@DefaultValue("500ms") Duration grace) {

  private static final Duration LONGEST = Duration.ofMinutes(10);

  WorkerProperties {
    if (grace.isNegative() || grace.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "threadmill.drain.grace must be between 0s and 10m, but is "
              + DurationText.format(grace));
    }
  }
}
