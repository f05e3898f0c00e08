package io.threadmill;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The one place where the wall clock and chance enter. Everything else is handed these beans, so a
 * test moves time and fixes chance by passing its own. Both beans are safe for use by many threads.
 */
@Configuration(proxyBeanMethods = false)
class TimeConfiguration {

  @Bean
  InstantSource instantSource() {
    return InstantSource.system();
  }

  /** Secure, because lease ids are drawn from it and must not be guessable. */
  @Bean
  RandomGenerator randomGenerator() {
    return new SecureRandom();
  }
}
