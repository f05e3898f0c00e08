package io.threadmill.redis;

import io.threadmill.job.HostProperties;
import io.threadmill.job.JobLimits;
import io.threadmill.job.Limiter;
import io.threadmill.job.Rate;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.ThreadmillException;
import io.threadmill.job.TooManyLimits;
import io.threadmill.redis.RedisScripts.Script;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RBucket;
import org.redisson.api.RFuture;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisException;
import org.redisson.client.codec.StringCodec;

/** The one limiter, on the same keys that {@code take} reserves. Thread-safe. */
final class RedisLimiter implements Limiter {

  private final RedissonClient redisson;
  private final RedisScripts scripts;
  private final HostProperties host;
  private final RandomGenerator random;

  RedisLimiter(
      RedissonClient redisson, RedisScripts scripts, HostProperties host, RandomGenerator random) {
    this.redisson = redisson;
    this.scripts = scripts;
    this.host = host;
    this.random = random;
  }

  /** What holds for a host where nothing else is set, as the scripts read it. */
  static String concurrency(HostProperties host) {
    return Integer.toString(host.concurrency());
  }

  static String interval(HostProperties host) {
    return Long.toString(host.delay().toMillis() * 1000);
  }

  private static String limit(Kind kind, String name) {
    return switch (kind) {
      case KEY -> "k:" + name;
      case HOST -> "h:" + name;
    };
  }

  @Override
  public Answer acquire(Kind kind, String name, Duration lease) {
    String limit = limit(kind, name);
    String token = "t%016x".formatted(random.nextLong());
    boolean hasDefault = kind == Kind.HOST;
    long pause =
        scripts.repeatedNumber(
            Script.ACQUIRE,
            List.of(
                limit,
                token,
                Long.toString(lease.toMillis()),
                hasDefault ? concurrency(host) : "0",
                hasDefault ? interval(host) : "0"));
    return pause == 0
        ? new Granted(new Reservation(limit, token))
        : new Held(Duration.ofMillis(pause));
  }

  private final class Reservation implements Permit {
    private final String limit;
    private final String token;
    private final AtomicBoolean released = new AtomicBoolean();

    Reservation(String limit, String token) {
      this.limit = limit;
      this.token = token;
    }

    @Override
    public void release() {
      if (released.compareAndSet(false, true)) {
        try {
          scripts.repeatedText(Script.FREE, List.of(limit, token));
        } catch (ThreadmillException _) {
          // The reservation's own lease ends it.
        }
      }
    }
  }

  @Override
  public boolean set(Kind kind, String name, Numbers numbers, @Nullable Duration ttl) {
    return change(kind, name, text(numbers), ttl == null ? "" : Long.toString(ttl.toMillis()));
  }

  @Override
  public boolean remove(Kind kind, String name) {
    return !change(kind, name, "", "");
  }

  /** True when there was no limit before. */
  private boolean change(Kind kind, String name, String numbers, String ttl) {
    return switch (scripts.repeatedText(
        Script.LIMIT,
        List.of(limit(kind, name), numbers, ttl, Integer.toString(JobLimits.MAX_LIMITS)))) {
      case "N" -> true;
      case "B" ->
          throw new TooManyLimits(
              "%d limits are set, which is as many as may be".formatted(JobLimits.MAX_LIMITS));
      default -> false;
    };
  }

  /** What the scripts read, then the rate as it was set; 0 for none. */
  private static String text(Numbers numbers) {
    int concurrency = numbers.concurrency() == null ? 0 : numbers.concurrency();
    Rate rate = numbers.rate();
    return rate == null
        ? concurrency + " 0 0 0 0"
        : "%d %d %d %d %d"
            .formatted(
                concurrency,
                rate.intervalMicros(),
                rate.toleranceMicros(),
                rate.starts(),
                rate.period().toMillis());
  }

  @Override
  public Optional<Numbers> get(Kind kind, String name) {
    String text = ask(bucket(kind, name).getAsync());
    if (text == null) {
      return Optional.empty();
    }
    String[] parts = text.split(" ", -1);
    int concurrency = Integer.parseInt(parts[0]);
    int starts = Integer.parseInt(parts[3]);
    return Optional.of(
        new Numbers(
            concurrency == 0 ? null : concurrency,
            starts == 0 ? null : new Rate(starts, Duration.ofMillis(Long.parseLong(parts[4])))));
  }

  @Override
  public void holdBack(Kind kind, String name, Duration pause) {
    if (pause.isPositive()) {
      scripts.repeatedText(
          Script.HOLD, List.of(limit(kind, name), Long.toString(pause.toMillis())));
    }
  }

  private RBucket<String> bucket(Kind kind, String name) {
    return redisson.getBucket(
        RedisScripts.PREFIX + "lim:" + limit(kind, name), StringCodec.INSTANCE);
  }

  private <T> T ask(RFuture<T> asked) {
    try {
      return Answers.within(scripts.patience(), asked);
    } catch (RedisException away) {
      throw new StoreUnavailable("Redis did not answer", away);
    }
  }
}
