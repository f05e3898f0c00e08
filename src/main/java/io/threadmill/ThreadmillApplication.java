package io.threadmill;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the service. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ThreadmillApplication {

  public static void main(String[] args) {
    SpringApplication.run(ThreadmillApplication.class, args);
  }
}
