package io.threadmill.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.threadmill.cache.SharedCache.Bounds;
import io.threadmill.cache.SharedCache.Entry;
import io.threadmill.job.StoreUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.springframework.cache.Cache;

class SharedCacheTests {

  private static final Fingerprint ONE = Fingerprint.of("test").with("n", "1").end();
  private static final Entry ENTRY = new Entry(Instant.EPOCH, new byte[1], new byte[100]);

  private final FakeStore store = new FakeStore();
  private final List<String> heard = new ArrayList<>();
  private long now;
  private final SharedCache cache = cache(10_000);

  private SharedCache cache(long nearBytes) {
    return new SharedCache(
        "responses",
        store,
        new Bounds(nearBytes, 1_000_000, 5_000, Duration.ofHours(24)),
        () -> now,
        List.of(
            new CacheListener() {
              @Override
              public void got(String map, Get result) {
                heard.add(map + " " + result);
              }

              @Override
              public void put(String map, Put outcome) {
                heard.add(map + " " + outcome);
              }

              @Override
              public void evicted(String map, int entries) {
                heard.add(map + " evicted " + entries);
              }
            }));
  }

  private void plant(byte[] packed) {
    store.entries.put(ONE.hex(), packed);
  }

  private void plant() {
    plant(EntryFormat.pack(ONE, ENTRY).orElseThrow());
  }

  @Test
  void aFoundEntryIsCopiedNearAndFoundThereNext() {
    plant();
    assertThat(cache.find(ONE)).isPresent();
    assertThat(cache.find(ONE)).isPresent();
    assertThat(store.gets).isEqualTo(1);
    assertThat(heard).containsExactly("responses HIT", "responses NEAR");
  }

  @Test
  void aKeptEntryIsNearAtOnce() {
    cache.keep(ONE, ENTRY);
    assertThat(cache.find(ONE)).isPresent();
    assertThat(heard).containsExactly("responses KEPT", "responses NEAR");
  }

  @Test
  void aCopyLivesHalfAMinute() {
    plant();
    cache.find(ONE);
    now += NearCache.LONGEST.toNanos() - 1;
    cache.find(ONE);
    assertThat(store.gets).isEqualTo(1);
    now += 1;
    cache.find(ONE);
    assertThat(store.gets).isEqualTo(2);
  }

  @Test
  void aCopyNeverOutlivesItsEntry() {
    plant();
    store.left = Duration.ofSeconds(2);
    cache.find(ONE);
    now += Duration.ofSeconds(2).toNanos();
    store.entries.clear();
    assertThat(cache.find(ONE)).isEmpty();
  }

  @Test
  void aMessageDropsTheCopy() {
    plant();
    cache.find(ONE);
    store.follower.gone(ONE.hex());
    cache.find(ONE);
    assertThat(store.gets).isEqualTo(2);
    store.follower.allGone();
    cache.find(ONE);
    assertThat(store.gets).isEqualTo(3);
  }

  @Test
  void whatWasReplacedWhileItWasReadIsNotCopied() {
    plant();
    store.beforeTheAnswer = () -> store.follower.gone(ONE.hex());
    assertThat(cache.find(ONE)).isPresent();
    cache.keep(ONE, ENTRY);
    store.beforeTheAnswer = () -> {};
    cache.find(ONE);
    assertThat(store.gets).isEqualTo(2);
  }

  @Test
  void copiesAreBoundedByTheirBytes() {
    for (int i = 0; i < 200; i++) {
      cache.keep(Fingerprint.of("test").with("i", Integer.toString(i)).end(), ENTRY);
    }
    store.entries.clear(); // what is found now is a copy
    int near = 0;
    for (int i = 0; i < 200; i++) {
      var fingerprint = Fingerprint.of("test").with("i", Integer.toString(i)).end();
      near += cache.find(fingerprint).isPresent() ? 1 : 0;
    }
    assertThat(near).isBetween(1, 25); // 10 000 bytes, 401 each
  }

  @Test
  void withoutNearBytesNothingIsCopied() {
    SharedCache plain = cache(0);
    plain.keep(ONE, ENTRY);
    plain.find(ONE);
    plain.find(ONE);
    assertThat(store.gets).isEqualTo(2);
  }

  @Test
  void whatIsNoEntryIsAMissThatIsCountedAndRemoved() {
    plant(new byte[50]);
    assertThat(cache.find(ONE)).isEmpty();
    assertThat(store.entries).isEmpty();
    plant();
    store.left = Duration.ZERO; // not put there by us
    assertThat(cache.find(ONE)).isEmpty();
    assertThat(store.entries).isEmpty();
    assertThat(heard).containsExactly("responses CORRUPT", "responses CORRUPT");
  }

  @Test
  void whileRedisIsAwayAFindIsAMissAndAKeepIsDropped() {
    store.away = true;
    assertThat(cache.find(ONE)).isEmpty();
    cache.keep(ONE, ENTRY);
    assertThat(heard).containsExactly("responses ERROR", "responses ERROR");
    store.away = false;
    assertThat(cache.find(ONE)).isEmpty();
  }

  @Test
  void anOperatorIsToldThatRedisIsAway() {
    cache.keep(ONE, ENTRY);
    store.away = true;
    assertThatThrownBy(() -> cache.evict(ONE)).isInstanceOf(StoreUnavailable.class);
    assertThatThrownBy(cache::clear).isInstanceOf(StoreUnavailable.class);
    assertThat(cache.find(ONE)).as("the copy here went all the same").isEmpty();
  }

  @Test
  void whatIsTooLargeOrHasNoRoomIsNotKept() {
    byte[] noise = new byte[6_000];
    new SplittableRandom(1).nextBytes(noise);
    cache.keep(ONE, new Entry(Instant.EPOCH, new byte[0], noise));
    store.full = true;
    cache.keep(ONE, ENTRY);
    assertThat(heard)
        .containsExactly("responses TOO_LARGE", "responses FULL", "responses evicted 7");
    store.full = false;
    assertThat(cache.find(ONE)).isEmpty();
  }

  @Test
  void springSeesTheMapsAndNoOthers() {
    var manager = new SharedCacheManager(List.of(cache));
    assertThat(manager.getCacheNames()).containsExactly("responses");
    assertThat(manager.getCache("other")).isNull();
    Cache spring = manager.getCache("responses");
    spring.put(ONE.hex(), ENTRY);
    assertThat(spring.get(ONE, Entry.class)).isEqualTo(ENTRY);
    assertThat(spring.get("no fingerprint")).isNull();
    assertThatThrownBy(() -> spring.put(ONE, "text")).isInstanceOf(IllegalArgumentException.class);
    spring.evict(ONE.hex());
    assertThat(spring.get(ONE)).isNull();
    spring.put(ONE, ENTRY);
    spring.clear();
    assertThat(store.entries).isEmpty();
  }
}
