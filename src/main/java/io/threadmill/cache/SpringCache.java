package io.threadmill.cache;

import io.threadmill.cache.SharedCache.Entry;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.support.SimpleValueWrapper;

/**
 * One map as Spring's {@link Cache}: keys are fingerprints, values {@link Entry entries}. A key of
 * another kind is in no map, and a value of another kind is refused: nothing here turns objects
 * into bytes.
 */
final class SpringCache implements Cache {

  private final SharedCache shared;

  SpringCache(SharedCache shared) {
    this.shared = shared;
  }

  @Override
  public String getName() {
    return shared.name();
  }

  @Override
  public Object getNativeCache() {
    return shared;
  }

  private static Optional<Fingerprint> fingerprint(Object key) {
    return switch (key) {
      case Fingerprint fingerprint -> Optional.of(fingerprint);
      case String hex when Fingerprint.isHex(hex) -> Optional.of(new Fingerprint(hex));
      default -> Optional.empty();
    };
  }

  private Optional<Entry> find(Object key) {
    return fingerprint(key).flatMap(shared::find);
  }

  @Override
  public @Nullable ValueWrapper get(Object key) {
    return find(key).map(SimpleValueWrapper::new).orElse(null);
  }

  @Override
  public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
    Entry entry = find(key).orElse(null);
    if (entry == null || type == null) {
      return null;
    }
    if (!type.isInstance(entry)) {
      throw new IllegalStateException("the map " + getName() + " holds entries, no " + type);
    }
    return type.cast(entry);
  }

  @Override
  @SuppressWarnings("unchecked") // only entries are in it; another T fails where it is used
  public <T> @Nullable T get(Object key, Callable<T> loader) {
    Optional<Entry> found = find(key);
    if (found.isPresent()) {
      return (T) found.get();
    }
    try {
      T loaded = loader.call();
      put(key, loaded);
      return loaded;
    } catch (Exception fault) {
      throw new ValueRetrievalException(key, loader, fault);
    }
  }

  @Override
  public void put(Object key, @Nullable Object value) {
    if (!(value instanceof Entry entry)) {
      throw new IllegalArgumentException("the map " + getName() + " holds entries only");
    }
    shared.keep(
        fingerprint(key)
            .orElseThrow(() -> new IllegalArgumentException("a key is a fingerprint in hex")),
        entry);
  }

  @Override
  public void evict(Object key) {
    fingerprint(key).ifPresent(shared::evict);
  }

  @Override
  public void clear() {
    shared.clear();
  }
}
