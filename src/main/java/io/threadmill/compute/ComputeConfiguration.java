package io.threadmill.compute;

import io.threadmill.cache.Caches;
import io.threadmill.cache.Reuse;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the compute job type. */
@Configuration(proxyBeanMethods = false)
class ComputeConfiguration {

  @Bean
  ResultCache resultCache(Caches caches, InstantSource clock) {
    return new ResultCache(new Reuse(caches.results(), clock), clock);
  }
}
