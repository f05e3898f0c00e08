package io.threadmill.redis;

import io.threadmill.job.DurationText;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How long what has ended is kept.
 *
 * @param ttl from a job's end to the deletion of its record and result
 */
@Validated
@ConfigurationProperties("threadmill.result")
record ResultProperties(@DefaultValue("24h") Duration ttl) {

  private static final Duration LONGEST = Duration.ofDays(365);

  ResultProperties {
    if (ttl.toMillis() < 1000 || ttl.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "threadmill.result.ttl must be between 1s and 365d, but is " + DurationText.format(ttl));
    }
  }
}
