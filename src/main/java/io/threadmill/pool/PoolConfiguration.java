package io.threadmill.pool;

import io.threadmill.job.JobListeners;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobRepository;
import io.threadmill.job.JobTypes;
import io.threadmill.job.Jobs;
import io.threadmill.job.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** Wires the pools and the worker. */
@Configuration(proxyBeanMethods = false)
class PoolConfiguration {

  /** The executor's own queue only bridges the moment in which a thread comes free. */
  private static final int QUEUE = 128;

  /** What comes after the jobs had their time: open requests (25 s), Redis's data. */
  private static final Duration REST_OF_STOP = Duration.ofSeconds(40);

  @Bean(defaultCandidate = false)
  @Qualifier("scrape")
  ThreadPoolTaskExecutor scrapePool(PoolProperties properties) {
    ThreadPoolTaskExecutor executor = executor("scrape", properties.scrape().size());
    executor.setVirtualThreads(true);
    return executor;
  }

  @Bean(defaultCandidate = false)
  @Qualifier("compute")
  ThreadPoolTaskExecutor computePool(PoolProperties properties) {
    ThreadPoolTaskExecutor executor = executor("compute", properties.compute().start());
    executor.setDaemon(true);
    return executor;
  }

  @Bean(defaultCandidate = false)
  @Qualifier("webhook")
  ThreadPoolTaskExecutor webhookPool(PoolProperties properties) {
    ThreadPoolTaskExecutor executor = executor("webhook", properties.webhook().size());
    executor.setVirtualThreads(true);
    return executor;
  }

  private static ThreadPoolTaskExecutor executor(String name, int size) {
    var executor = new ThreadPoolTaskExecutor();
    executor.setThreadNamePrefix(name + "-");
    executor.setMaxPoolSize(size);
    executor.setCorePoolSize(size);
    executor.setQueueCapacity(QUEUE);
    return executor;
  }

  @Bean
  LastResort lastResort(WorkerProperties drain) {
    return LastResort.arm(drain.grace().plus(REST_OF_STOP));
  }

  @Bean
  InstanceWorker worker(
      PoolProperties pools,
      WorkerProperties drain,
      @Qualifier("scrape") ThreadPoolTaskExecutor scrape,
      @Qualifier("compute") ThreadPoolTaskExecutor compute,
      @Qualifier("webhook") ThreadPoolTaskExecutor webhook,
      Jobs jobs,
      JobQueue queue,
      JobRepository repository,
      JobTypes types,
      JobListeners jobListeners,
      Ticker ticker,
      RandomGenerator random,
      @Value("${threadmill.queue.beat:5s}") Duration beat) {
    var listeners = new Listeners(jobListeners);
    var recorder = new Recorder(queue, ticker, listeners);
    var policy = new EndingPolicy(random);
    var failures = new Failures();
    var services = new AttemptContext.Services(queue, repository, types, ticker);
    var pipeline = new RunPipeline(services, policy, recorder, failures, listeners);
    var heart = new Heart(queue, recorder, ticker, beat);
    var managed =
        List.of(
            new ManagedPool(
                "scrape",
                pools.scrape().min(),
                pools.scrape().max(),
                pools.scrape().size(),
                scrape,
                new Goodput(ticker)),
            new ManagedPool(
                "compute",
                pools.compute().min(),
                pools.compute().most(),
                pools.compute().start(),
                compute,
                new Goodput(ticker)),
            new ManagedPool(
                "webhook",
                pools.webhook().size(),
                pools.webhook().size(),
                pools.webhook().size(),
                webhook,
                new Goodput(ticker)));
    var dispatchers =
        managed.stream()
            .map(pool ->
                new Dispatcher(pool, queue, recorder, pipeline, heart, ticker, Dispatcher.GATHER))
            .toList();
    var parts =
        new InstanceWorker.Parts(
            managed,
            dispatchers,
            recorder,
            new Watchdog(recorder, policy, listeners, ticker),
            new Housekeeper(queue, recorder, listeners, ticker),
            heart,
            failures);
    return new InstanceWorker(parts, jobs, queue, drain.grace());
  }
}
