package io.threadmill.redis;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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
import org.redisson.client.codec.StringCodec;
import org.redisson.client.protocol.Decoder;
import org.redisson.client.protocol.Encoder;

/**
 * Runs the scripts: one {@code .lua} file each, behind one preamble. Thread-safe.
 *
 * <p>Two ways of sending: {@link #once} gives up after one try, for callers who would rather say
 * 503 than wait; {@link #repeated} lets Redisson send again when an answer is lost, which every
 * script called so must bear.
 */
class RedisScripts {

  /** The scripts there are; each is the file of its name in {@code /lua}. */
  enum Script {
    ACQUIRE,
    BATCH_APPEND,
    BATCH_CHANGE,
    BATCH_CLOSE,
    BATCH_FIND,
    BATCH_LIST,
    BATCH_OPEN,
    BATCH_ROWS,
    BATCH_WALK,
    BEAT,
    CANCEL,
    CHANGE,
    CHECKPOINT,
    COMPLETE,
    DELETE,
    DELIVERIES,
    DEREGISTER,
    ENQUEUE,
    EXPIRE,
    FAIL,
    FIND,
    FREE,
    HOLD,
    LEAD,
    LIMIT,
    LIST,
    PROBE,
    PROGRESS,
    PROMOTE,
    REDELIVER,
    RELEASE,
    REQUEUE,
    SWEEP,
    TAKE,
    TEMPLATE;

    String fileName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How long a caller of {@link #once} waits for the answer: within the 2 s a POST may take. */
  static final Duration ONCE = Duration.ofMillis(1500);

  /**
   * How long a call that is sent again may take in all. The client's own tries end before; where
   * they wait for a connection, this ends them, and the caller's loop begins anew.
   */
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** All queue keys share this prefix and its hash tag, so that they stand in one slot. */
  static final String PREFIX = "{tm}:";

  /** Ends the function that the preamble begins. */
  private static final String END = "\nend)()\n";

  /** Names the slot; scripts derive all other keys from the tag. */
  private static final List<Object> SLOT = List.of(PREFIX + "clk");

  private final Map<Script, String> texts = new EnumMap<>(Script.class);
  private final RScript once;
  private final RScript repeated;
  private final RScript repeatedBytes;
  private final Duration patience;
  private final ScriptClock clock;
  private final Collection<ScriptListener> listeners;

  RedisScripts(RedissonClient redisson, ScriptClock clock, Collection<ScriptListener> listeners) {
    this(redisson, clock, listeners, ONCE);
  }

  /** With a patience of one's own, for tests on a machine that may be busy. */
  RedisScripts(
      RedissonClient redisson,
      ScriptClock clock,
      Collection<ScriptListener> listeners,
      Duration patience) {
    this.patience = patience;
    this.clock = clock;
    this.listeners = List.copyOf(listeners);
    once =
        redisson.getScript(
            OptionalOptions.defaults().codec(Text.INSTANCE).retryAttempts(0).timeout(patience));
    repeated = redisson.getScript(Text.INSTANCE);
    repeatedBytes = redisson.getScript(TextToBytes.INSTANCE);
    String preamble = read("preamble");
    for (Script script : Script.values()) {
      texts.put(script, preamble + read(script.fileName()) + END);
    }
  }

  static String read(String name) {
    try (InputStream in = RedisScripts.class.getResourceAsStream("/lua/" + name + ".lua")) {
      if (in == null) {
        throw new IllegalStateException(
            "the script /lua/" + name + ".lua is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  /** How long a caller of {@link #once} waits. */
  Duration patience() {
    return patience;
  }

  List<Object> once(Script script, List<?> args) {
    return once(script, args, patience);
  }

  /** As {@link #once(Script, List)}, for a caller who has less time. */
  List<Object> once(Script script, List<?> args, Duration limit) {
    return run(once, script, RScript.ReturnType.LIST, args, limit);
  }

  String onceText(Script script, List<?> args) {
    return run(once, script, RScript.ReturnType.STRING, args, patience);
  }

  List<Object> repeated(Script script, List<?> args) {
    return run(repeated, script, RScript.ReturnType.LIST, args, LONGEST);
  }

  /** As {@link #repeated}, for answers that are not text. */
  List<byte[]> repeatedBytes(Script script, List<?> args) {
    return run(repeatedBytes, script, RScript.ReturnType.LIST, args, LONGEST);
  }

  String repeatedText(Script script, List<?> args) {
    return run(repeated, script, RScript.ReturnType.STRING, args, LONGEST);
  }

  long repeatedNumber(Script script, List<?> args) {
    return repeatedNumber(script, args, LONGEST);
  }

  /** As {@link #repeatedNumber(Script, List)}, for a caller who has less time. */
  long repeatedNumber(Script script, List<?> args, Duration limit) {
    Long answer = run(repeated, script, RScript.ReturnType.LONG, args, limit);
    return answer;
  }

  /** The text sent for a script, for tests that plant faults. */
  String text(Script script) {
    return texts.getOrDefault(script, "");
  }

  @SuppressWarnings("TypeParameterUnusedInFormals") // the return type asked for decides it
  private <T> T run(
      RScript sender, Script script, RScript.ReturnType type, List<?> args, Duration limit) {
    var all = new ArrayList<Object>(args.size() + 1);
    all.add(clock.instant());
    all.addAll(args);
    long begin = System.nanoTime();
    boolean failed = true;
    try {
      T answer =
          Answers.within(
              limit,
              sender.evalAsync(RScript.Mode.READ_WRITE, text(script), type, SLOT, all.toArray()));
      failed = false;
      return answer;
    } catch (RedisException told) {
      throw Refusals.of("Redis did not carry out " + script.fileName(), told);
    } finally {
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      for (ScriptListener listener : listeners) {
        listener.ran(script.fileName(), took, failed);
      }
    }
  }

  /**
   * Text, as {@link StringCodec} sends it, but with each argument in an array of the heap: a buffer
   * of the pool for each of the hundreds that a call has costs more than all else of the call.
   */
  private static class Text extends StringCodec {

    static final Text INSTANCE = new Text();

    private static final Encoder ENCODER =
        value -> Unpooled.wrappedBuffer(value.toString().getBytes(StandardCharsets.UTF_8));

    @Override
    public Encoder getValueEncoder() {
      return ENCODER;
    }
  }

  /** Sends text and leaves what is answered as it is. */
  private static final class TextToBytes extends Text {

    static final TextToBytes INSTANCE = new TextToBytes();

    @Override
    public Decoder<Object> getValueDecoder() {
      return ByteArrayCodec.INSTANCE.getValueDecoder();
    }
  }
}
