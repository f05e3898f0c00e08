package io.threadmill.job;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What one host gets of us unless something sets it otherwise, across all instances.
 *
 * @param concurrency requests at once
 * @param delay least time between two starts
 */
@Validated
@ConfigurationProperties("threadmill.host")
public record HostProperties(
    @DefaultValue("8") @Min(1) @Max(1000) int concurrency, @DefaultValue("0s") Duration delay) {

  public HostProperties {
    if (delay.isNegative() || delay.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(
          "threadmill.host.delay must be between 0s and 1h, but is " + DurationText.format(delay));
    }
  }

  public Limiter.Numbers numbers() {
    return new Limiter.Numbers(concurrency, delay);
  }
}
