package io.threadmill.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.cache.Reuse.Absent;
import io.threadmill.cache.Reuse.Answer;
import io.threadmill.cache.Reuse.Found;
import io.threadmill.cache.Reuse.UnderWay;
import io.threadmill.cache.SharedCache.Bounds;
import io.threadmill.cache.SharedCache.Entry;
import io.threadmill.job.CacheOptions;
import io.threadmill.job.JobContext;
import io.threadmill.job.JobResult;
import io.threadmill.job.JobResult.CacheUse;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReuseTests {

  private static final Fingerprint ONE = Fingerprint.of("test").end();
  private static final Instant STORED = Instant.ofEpochSecond(1_800_000_000);

  private final SharedCache cache =
      new SharedCache(
          "results",
          new FakeStore(),
          new Bounds(10_000, 1_000_000, 5_000, Duration.ofHours(24)),
          () -> 0,
          List.of());

  private boolean leads = true;
  private Instant wanted = STORED.plusSeconds(1);

  private JobContext context(@Nullable String maxAge, boolean store, boolean joined) {
    var options = new CacheOptions(maxAge == null ? null : Duration.parse(maxAge), store);
    return (JobContext)
        Proxy.newProxyInstance(
            JobContext.class.getClassLoader(),
            new Class<?>[] {JobContext.class},
            (_, method, _) ->
                switch (method.getName()) {
                  case "cache" -> options;
                  case "joined" -> joined;
                  case "wantedSince" -> wanted;
                  case "lead" -> leads;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  /** The entry is ten seconds old. */
  @ParameterizedTest
  @CsvSource({
    // maxAge, readable, fresh, joined, answer
    ",          true,  true,  false, hit",
    ",          true,  true,  true,  joined",
    ",          true,  false, false, miss",
    ",          false, true,  false, miss",
    "PT11S,     true,  false, false, hit",
    "PT11S,     true,  false, true,  joined",
    "PT11S,     false, true,  false, miss",
    "PT10S,     true,  true,  false, miss",
    "PT0.001S,  true,  true,  false, miss",
    "PT0S,      true,  true,  false, bypass",
    "PT0S,      true,  true,  true,  bypass",
  })
  void ageReadabilityAndFreshnessDecide(
      @Nullable String maxAge, boolean readable, boolean fresh, boolean joined, String answer) {
    cache.keep(ONE, new Entry(STORED, new byte[0], new byte[] {7}));
    var reuse = new Reuse(cache, () -> STORED.plusSeconds(10));
    Answer<Byte> got =
        reuse.ask(
            ONE,
            context(maxAge, true, joined),
            entry -> readable ? Optional.of(entry.body()[0]) : Optional.empty(),
            _ -> fresh);
    String use =
        switch (got) {
          case Found<Byte>(Byte value, var with) -> {
            assertThat(value).isEqualTo((byte) 7);
            yield with.wireName();
          }
          case UnderWay<Byte>(var join) -> join.work();
          case Absent<Byte>(var with) -> with.wireName();
        };
    assertThat(use).isEqualTo(answer);
  }

  @Test
  void whoFindsNothingJoinsAnEqualJobThatIsAtIt() {
    var reuse = new Reuse(cache, () -> STORED);
    leads = false;
    assertThat(reuse.<Entry>ask(ONE, context(null, true, false), Optional::of, _ -> true))
        .isEqualTo(new UnderWay<>(new JobResult.Join("results:" + ONE.hex())));
    assertThat(reuse.<Entry>ask(ONE, context(null, false, false), Optional::of, _ -> true))
        .as("its answer is not kept")
        .isEqualTo(new Absent<>(CacheUse.MISS));
    assertThat(reuse.<Entry>ask(ONE, context("PT0S", true, false), Optional::of, _ -> true))
        .as("it wants an answer of its own")
        .isEqualTo(new Absent<>(CacheUse.BYPASS));
  }

  /** The request was sent at STORED and answered five seconds later. */
  @ParameterizedTest
  @CsvSource({
    // maxAge, joined, wanted since, usable
    ",     false, 4,  true",
    ",     false, 5,  false",
    ",     true,  4,  true",
    ",     true,  5,  false",
    "PT1S, true,  4,  true",
    "PT1S, true,  5,  false",
    "PT1S, false, 4,  false",
  })
  void whatCameWhileTheJobWantedItIsFreshForIt(
      @Nullable String maxAge, boolean joined, int wantedAfter, boolean usable) {
    cache.keep(ONE, new Entry(STORED, STORED.plusSeconds(5), new byte[0], new byte[0]));
    var reuse = new Reuse(cache, () -> STORED.plusSeconds(100));
    wanted = STORED.plusSeconds(wantedAfter);
    assertThat(reuse.<Entry>ask(ONE, context(maxAge, true, joined), Optional::of, _ -> false))
        .isInstanceOf(usable ? Found.class : Absent.class);
  }

  @Test
  void whatWasKeptBetweenTheLookAndTheLeadIsFound() {
    var reuse = new Reuse(cache, () -> STORED);
    JobContext late =
        (JobContext)
            Proxy.newProxyInstance(
                JobContext.class.getClassLoader(),
                new Class<?>[] {JobContext.class},
                (_, method, _) ->
                    switch (method.getName()) {
                      case "cache" -> CacheOptions.DEFAULT;
                      case "joined" -> false;
                      case "wantedSince" -> STORED;
                      case "lead" -> {
                        cache.keep(ONE, new Entry(STORED, new byte[0], new byte[0]));
                        yield true;
                      }
                      default -> throw new UnsupportedOperationException(method.getName());
                    });
    assertThat(reuse.<Entry>ask(ONE, late, Optional::of, _ -> true)).isInstanceOf(Found.class);
  }

  @Test
  void anEntryOfAFastClockIsNew() {
    cache.keep(ONE, new Entry(STORED, new byte[0], new byte[0]));
    var reuse = new Reuse(cache, () -> STORED.minusSeconds(60));
    assertThat(reuse.ask(ONE, context("PT1S", true, false), Optional::of, _ -> true))
        .isInstanceOf(Found.class);
  }

  @Test
  void storeFalseKeepsNothing() {
    var reuse = new Reuse(cache, () -> STORED);
    reuse.keep(ONE, context(null, false, false), new Entry(STORED, new byte[0], new byte[0]));
    assertThat(cache.find(ONE)).isEmpty();
    reuse.keep(ONE, context("PT0S", true, false), new Entry(STORED, new byte[0], new byte[0]));
    assertThat(cache.find(ONE)).as("zero reads nothing, and stores").isPresent();
  }
}
