package io.threadmill.chaos;

import io.threadmill.ThreadmillApplication;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;

/**
 * The main class of an instance in a chaos run: the service as it is, with the job type {@code
 * chaos} beside its own. Ends with the run, whatever became of that.
 */
final class ChaosInstance {

  /** The file that executions are written to. */
  static final String LOG = "chaos.log";

  /** A class with the beans of a planted fault, where one is planted in code. */
  static final String MUTANT = "chaos.mutant";

  private ChaosInstance() {}

  /** Not found by scanning: only this main class knows them. */
  static final class Beans {
    @Bean
    ExecutionLog executionLog() {
      return new ExecutionLog(Path.of(System.getProperty(LOG)));
    }

    @Bean
    ChaosHandler chaosHandler(ExecutionLog log) {
      return new ChaosHandler(log);
    }
  }

  public static void main(String[] args) throws ClassNotFoundException {
    Thread.ofPlatform().daemon().name("parent-watch").start(ChaosInstance::endWithParent);
    List<Class<?>> sources = new ArrayList<>(List.of(ThreadmillApplication.class, Beans.class));
    String mutant = System.getProperty(MUTANT);
    if (mutant != null) {
      sources.add(Class.forName(mutant));
    }
    new SpringApplication(sources.toArray(Class<?>[]::new)).run(args);
  }

  /** Standard input ends when the run's own process is gone. */
  private static void endWithParent() {
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException _) {
      // As good as its end.
    }
    Runtime.getRuntime().halt(137);
  }
}
