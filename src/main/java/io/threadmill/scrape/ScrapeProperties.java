package io.threadmill.scrape;

import io.threadmill.job.DurationText;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How pages are fetched.
 *
 * @param robotsTtl how long a site's robots.txt is believed; RFC 9309 allows a day
 */
@Validated
@ConfigurationProperties("threadmill.scrape")
record ScrapeProperties(@DefaultValue("1h") Duration robotsTtl) {

  private static final Duration LONGEST = Duration.ofHours(24);

  ScrapeProperties {
    if (robotsTtl.compareTo(Duration.ofSeconds(1)) < 0 || robotsTtl.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "threadmill.scrape.robots-ttl must be between 1s and 24h, but is "
              + DurationText.format(robotsTtl));
    }
  }
}
