package io.threadmill.redis;

import io.threadmill.job.StoreUnavailable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.redisson.api.RScript;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.OptionalOptions;
import org.redisson.client.RedisException;
import org.redisson.client.codec.ByteArrayCodec;

/**
 * Runs the cache's scripts, each one {@code .lua} file behind the cache's preamble. They fail fast:
 * a call is never sent again, and a job would rather ask its site than wait longer. Thread-safe.
 */
final class CacheScripts {

  /** The scripts there are; each is the file of its name in {@code /lua/cache}. */
  enum Script {
    CLEAR,
    EVICT,
    GET,
    PUT;

    String fileName() {
      return "cache/" + name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a job waits for an answer at most. A script itself takes about a millisecond at worst. */
  static final Duration PATIENCE = Duration.ofMillis(500);

  private final Map<Script, String> texts = new EnumMap<>(Script.class);
  private final Duration patience;
  private final RScript sender;
  private final ScriptClock clock;
  private final Collection<ScriptListener> listeners;

  CacheScripts(RedissonClient redisson, ScriptClock clock, Collection<ScriptListener> listeners) {
    this(redisson, clock, listeners, PATIENCE);
  }

  /** The same for tests, which show something else than how fast a busy machine is. */
  CacheScripts(
      RedissonClient redisson,
      ScriptClock clock,
      Collection<ScriptListener> listeners,
      Duration patience) {
    this.patience = patience;
    this.clock = clock;
    this.listeners = List.copyOf(listeners);
    sender =
        redisson.getScript(
            OptionalOptions.defaults()
                .codec(ByteArrayCodec.INSTANCE)
                .retryAttempts(0)
                .timeout(patience));
    String preamble = RedisScripts.read("cache/preamble");
    for (Script script : Script.values()) {
      texts.put(script, preamble + RedisScripts.read(script.fileName()));
    }
  }

  Duration patience() {
    return patience;
  }

  /**
   * The script's answer: numbers as {@link Long}, bytes as {@code byte[]}.
   *
   * @param args texts, numbers or bytes
   * @throws StoreUnavailable when Redis is away, slow or refused
   */
  List<Object> run(Script script, List<Object> keys, Object... args) {
    var all = new ArrayList<Object>(args.length + 1);
    all.add(bytes(clock.instant()));
    for (Object arg : args) {
      all.add(bytes(arg));
    }
    long begin = System.nanoTime();
    boolean failed = true;
    try {
      List<Object> answer =
          sender.eval(
              RScript.Mode.READ_WRITE,
              texts.getOrDefault(script, ""),
              RScript.ReturnType.LIST,
              keys,
              all.toArray());
      failed = false;
      return answer;
    } catch (RedisException away) {
      throw new StoreUnavailable("Redis did not carry out " + script.fileName(), away);
    } finally {
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      for (ScriptListener listener : listeners) {
        listener.ran(script.fileName(), took, failed);
      }
    }
  }

  private static byte[] bytes(Object arg) {
    return arg instanceof byte[] raw ? raw : arg.toString().getBytes(StandardCharsets.UTF_8);
  }
}
