package io.threadmill.redis;

import io.threadmill.batch.BatchRepository;
import io.threadmill.batch.TemplateRepository;
import io.threadmill.cache.CacheStore;
import io.threadmill.events.EventLog;
import io.threadmill.job.HostProperties;
import io.threadmill.job.Instance;
import io.threadmill.job.InvalidSetting;
import io.threadmill.job.JobQueue;
import io.threadmill.job.Limiter;
import io.threadmill.job.StoreProbe;
import io.threadmill.job.Ticker;
import io.threadmill.job.WebhookRules;
import io.threadmill.webhook.DeliveryRepository;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import tools.jackson.databind.json.JsonMapper;

/** Wires the store: an outside server where one is named, else the embedded one. */
@Configuration(proxyBeanMethods = false)
class RedisConfiguration {

  /** The server this instance works on; {@code embedded} is null for an outside one. */
  record Server(RedisAddress address, @Nullable EmbeddedRedis embedded) implements AutoCloseable {

    String setting() {
      return embedded == null ? "spring.data.redis.url" : "threadmill.redis.data-dir";
    }

    String mode() {
      return embedded == null ? "external" : "embedded";
    }

    @Override
    public void close() {
      if (embedded != null) {
        embedded.close();
      }
    }
  }

  @Bean
  Server redisServer(
      @Value("${spring.data.redis.url:}") String url,
      RedisProperties properties,
      Environment environment) {
    refuseOthers(environment);
    if (!url.isBlank()) {
      return new Server(RedisAddress.parse(url), null);
    }
    EmbeddedRedis embedded = EmbeddedRedis.start(properties.dataDir());
    return new Server(RedisAddress.parse(embedded.uri().toString()), embedded);
  }

  /** Spring's other settings of Redis would be passed over, and work go to a server not meant. */
  private static void refuseOthers(Environment environment) {
    Binder.get(environment)
        .bind("spring.data.redis", Bindable.mapOf(String.class, Object.class))
        .orElseGet(Map::of)
        .keySet()
        .stream()
        .filter(name -> !name.equals("url"))
        .findFirst()
        .ifPresent(name -> {
          throw new InvalidSetting(
              "spring.data.redis." + name,
              "is not read; the whole address stands in spring.data.redis.url.",
              "Give redis://[user:password@]host[:port][/database] there.");
        });
  }

  @Bean(destroyMethod = "shutdown")
  RedissonClient redisson(Server server, Instance instance) {
    return RedisConnection.open(server.address(), server.setting(), instance);
  }

  @Bean
  QueueBudget queueBudget(RedissonClient redisson, QueueProperties properties) {
    return QueueBudget.of(properties, RedisConnection.maxMemory(redisson));
  }

  @Bean
  RedisScripts redisScripts(
      RedissonClient redisson, ObjectProvider<ScriptClock> clock, List<ScriptListener> listeners) {
    return new RedisScripts(redisson, clock.getIfAvailable(() -> () -> ""), listeners);
  }

  @Bean
  JobRecords jobRecords(JsonMapper mapper, WebhookRules webhooks) {
    return new JobRecords(mapper, webhooks);
  }

  @Bean
  DeliveryRepository deliveryRepository(
      RedissonClient redisson, RedisScripts scripts, JobRecords records) {
    return new RedisDeliveries(redisson, scripts, records);
  }

  @Bean
  ApartResults apartResults(RedissonClient redisson, RedisScripts scripts) {
    return new ApartResults(redisson, scripts.patience());
  }

  @Bean
  JobQueue jobQueue(
      RedissonClient redisson,
      RedisScripts scripts,
      JobRecords records,
      ApartResults results,
      Instance instance,
      QueueProperties queue,
      ResultProperties result,
      HostProperties host,
      RandomGenerator random,
      RedisNeighbours neighbours) {
    return new RedisJobQueue(
        redisson,
        scripts,
        records,
        results,
        instance,
        queue,
        result,
        host,
        random,
        neighbours::renew);
  }

  @Bean
  RedisNeighbours neighbours(RedissonClient redisson, InstantSource clock) {
    return new RedisNeighbours(redisson, clock);
  }

  /** Whoever finds the data folder taken reads where its owner listens. */
  @Bean
  ApplicationListener<WebServerInitializedEvent> folderOwner(Server server) {
    return event -> {
      if (server.embedded() != null) {
        server
            .embedded()
            .announce(
                "the service at http://127.0.0.1:%d (process %d)"
                    .formatted(event.getWebServer().getPort(), ProcessHandle.current().pid()));
      }
    };
  }

  @Bean
  RedisJobRepository jobRepository(
      RedissonClient redisson,
      RedisScripts scripts,
      JobRecords records,
      ApartResults results,
      Instance instance,
      QueueBudget budget,
      ResultProperties result,
      RandomGenerator random,
      Ticker ticker) {
    return new RedisJobRepository(
        redisson, scripts, records, results, instance, budget, result, random, ticker);
  }

  @Bean
  BatchRepository batchRepository(
      RedisScripts scripts,
      RedisJobRepository jobs,
      JobRecords records,
      ApartResults results,
      QueueBudget budget,
      ResultProperties result) {
    return new RedisBatchRepository(scripts, jobs, records, results, budget, result);
  }

  @Bean
  TemplateRepository templateRepository(
      RedissonClient redisson, RedisScripts scripts, JsonMapper mapper) {
    return new RedisTemplates(redisson, scripts, mapper);
  }

  @Bean
  Limiter limiter(
      RedissonClient redisson, RedisScripts scripts, HostProperties host, RandomGenerator random) {
    return new RedisLimiter(redisson, scripts, host, random);
  }

  @Bean
  EventLog eventLog(RedissonClient redisson) {
    return new RedisEventLog(redisson);
  }

  @Bean
  CacheStore cacheStore(
      RedissonClient redisson, ObjectProvider<ScriptClock> clock, List<ScriptListener> listeners) {
    return new RedisCacheStore(
        redisson, new CacheScripts(redisson, clock.getIfAvailable(() -> () -> ""), listeners));
  }

  @Bean
  StoreProbe storeProbe(RedisScripts scripts, Server server, QueueBudget budget) {
    return new RedisProbe(scripts, server.mode(), budget);
  }
}
