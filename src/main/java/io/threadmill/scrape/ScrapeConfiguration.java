package io.threadmill.scrape;

import io.threadmill.cache.Caches;
import io.threadmill.cache.Reuse;
import io.threadmill.egress.Egress;
import io.threadmill.job.HostProperties;
import io.threadmill.job.Limiter;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** Wires the scrape job type. */
@Configuration(proxyBeanMethods = false)
class ScrapeConfiguration {

  @Bean
  ParseSet parseSet() {
    return new ParseSet();
  }

  @Bean
  RobotsTxt robotsTxt(Egress egress, InstantSource clock, ScrapeProperties properties) {
    return new RobotsTxt(egress, clock, properties.robotsTtl());
  }

  @Bean
  Politeness politeness(
      Limiter limiter, RobotsTxt robots, HostProperties host, InstantSource clock) {
    return new Politeness(limiter, robots, host, clock);
  }

  @Bean
  ResponseCache responseCache(
      Caches caches, Egress egress, InstantSource clock, JsonMapper mapper) {
    return new ResponseCache(new Reuse(caches.responses(), clock), egress.policy(), clock, mapper);
  }

  @Bean
  ScrapeHandler scrapeHandler(
      Egress egress,
      Politeness politeness,
      ParseSet parsing,
      ResponseCache responses,
      InstantSource clock,
      JsonMapper mapper) {
    return new ScrapeHandler(egress, politeness, parsing, responses, clock, mapper);
  }
}
