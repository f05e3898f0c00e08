package io.threadmill.redis;

import io.threadmill.job.BacklogFull;
import io.threadmill.job.StoreFault;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.ThreadmillException;
import java.time.Duration;
import java.util.List;
import org.redisson.client.RedisException;
import org.redisson.client.RedisOutOfMemoryException;

/** Tells what an exception of Redis's client means: no answer, no room, or an error of a script. */
final class Refusals {

  private static final Duration BACKLOG_PAUSE = Duration.ofSeconds(10);

  /** What a script is refused for by the state its server is in, which passes. */
  private static final List<String> PASSING =
      List.of("MISCONF", "READONLY", "NOREPLICAS", "LOADING", "MASTERDOWN", "killed");

  private Refusals() {}

  static ThreadmillException of(String what, RedisException told) {
    if (told instanceof RedisOutOfMemoryException) {
      return new BacklogFull("Redis has no memory left", BACKLOG_PAUSE);
    }
    return isFault(told)
        ? new StoreFault(what + ": " + serversWords(told), told)
        : new StoreUnavailable(what, told);
  }

  /** The client adds the command with its arguments, which are not for the log. */
  private static String serversWords(RedisException told) {
    return String.valueOf(told.getMessage()).split("\\. channel: ", 2)[0];
  }

  /** The client has classes for what it knows; other errors that the server tells have none. */
  private static boolean isFault(RedisException told) {
    String message = String.valueOf(told.getMessage());
    return told.getClass() == RedisException.class
        && message.contains("user_script")
        && PASSING.stream().noneMatch(message::contains);
  }
}
