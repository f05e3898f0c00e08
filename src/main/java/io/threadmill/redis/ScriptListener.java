package io.threadmill.redis;

import java.time.Duration;

/** Hears of every script call. Called on the caller's thread; must be quick and must not throw. */
public interface ScriptListener {

  /**
   * @param script the script's name, from a fixed set
   * @param took from sending to answer, round trip included
   * @param failed whether Redis was away or refused
   */
  void ran(String script, Duration took, boolean failed);
}
