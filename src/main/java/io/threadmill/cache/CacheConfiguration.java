package io.threadmill.cache;

import io.threadmill.job.Ticker;
import java.util.List;
import org.springframework.cache.CacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the maps, and shows them to Spring. */
@Configuration(proxyBeanMethods = false)
class CacheConfiguration {

  @Bean
  Caches caches(
      CacheStore store, CacheProperties properties, Ticker ticker, List<CacheListener> listeners) {
    return new Caches(
        new SharedCache(
            Caches.RESPONSES,
            store,
            properties.bounds(properties.responsesTtl()),
            ticker,
            listeners),
        new SharedCache(
            Caches.RESULTS, store, properties.bounds(properties.resultsTtl()), ticker, listeners));
  }

  @Bean
  CacheManager cacheManager(Caches caches) {
    return new SharedCacheManager(caches.all());
  }
}
