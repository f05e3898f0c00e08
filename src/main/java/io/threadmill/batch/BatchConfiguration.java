package io.threadmill.batch;

import java.util.concurrent.Executors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires what looks after uploads. */
@Configuration(proxyBeanMethods = false)
class BatchConfiguration {

  @Bean
  IntakeTimer intakeTimer() {
    return new IntakeTimer(
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("batch-intake").factory()),
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("batch-intake-", 0).factory()));
  }
}
