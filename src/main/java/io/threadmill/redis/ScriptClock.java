package io.threadmill.redis;

/**
 * The instant that scripts are told to use. The service has none: scripts ask Redis. Tests put one
 * here to move time.
 */
@FunctionalInterface
interface ScriptClock {

  /** Milliseconds since the epoch as text, or empty for Redis's own clock. */
  String instant();
}
