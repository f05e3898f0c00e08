package io.threadmill.redis;

import io.threadmill.job.HostProperties;
import io.threadmill.job.Limiter;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.redis.RedisScripts.Script;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RBucket;
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
                hasDefault ? Integer.toString(host.concurrency()) : "",
                hasDefault ? Long.toString(host.delay().toMillis()) : "0"));
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
        } catch (StoreUnavailable _) {
          // The reservation's own lease ends it.
        }
      }
    }
  }

  @Override
  public void set(Kind kind, String name, Numbers numbers, @Nullable Duration ttl) {
    String text = numbers.concurrency() + " " + numbers.interval().toMillis();
    ask(() -> {
      RBucket<String> bucket = bucket(kind, name);
      if (ttl == null) {
        bucket.set(text);
      } else {
        bucket.set(text, ttl);
      }
      return true;
    });
  }

  @Override
  public Optional<Numbers> get(Kind kind, String name) {
    String text = ask(() -> bucket(kind, name).get());
    if (text == null) {
      return Optional.empty();
    }
    int space = text.indexOf(' ');
    return Optional.of(
        new Numbers(
            Integer.parseInt(text.substring(0, space)),
            Duration.ofMillis(Long.parseLong(text.substring(space + 1)))));
  }

  @Override
  public void remove(Kind kind, String name) {
    ask(() -> bucket(kind, name).delete());
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

  private static <T> T ask(Supplier<T> question) {
    try {
      return question.get();
    } catch (RedisException away) {
      throw new StoreUnavailable("Redis did not answer", away);
    }
  }
}
