package io.threadmill.cache;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;

/** The maps as Spring knows caches: a fixed set, so that no name asked for makes another. */
final class SharedCacheManager implements CacheManager {

  private final Map<String, Cache> caches = new LinkedHashMap<>();

  SharedCacheManager(List<SharedCache> shared) {
    shared.forEach(cache -> caches.put(cache.name(), new SpringCache(cache)));
  }

  @Override
  public @Nullable Cache getCache(String name) {
    return caches.get(name);
  }

  @Override
  public Collection<String> getCacheNames() {
    return List.copyOf(caches.keySet());
  }
}
