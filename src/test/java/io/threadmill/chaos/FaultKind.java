package io.threadmill.chaos;

import java.util.Locale;

/** What can be done to a run. */
enum FaultKind {
  /** kill -9 of an instance, started again after a while. */
  KILL(true),
  /** SIGSTOP for half a lease: it must keep what it holds. */
  FREEZE_SHORT(false),
  /** SIGSTOP for a little more than a lease. */
  FREEZE_LEASE(true),
  /** SIGSTOP for two leases. */
  FREEZE_LONG(true),
  /** SIGTERM, and another in its place; one instance after the other. */
  TERM(false),
  /** kill -9 of Redis, started again on its append-only file. */
  REDIS_KILL(true),
  /** SIGSTOP of Redis. */
  REDIS_FREEZE(true),
  /** CLIENT PAUSE. */
  CLIENT_PAUSE(true),
  /** CLIENT KILL of all connections. */
  CLIENT_KILL(false),
  SCRIPT_FLUSH(false),
  /** Each packet late. */
  NET_DELAY(false),
  /** Connections cut, new ones refused. */
  NET_CUT(true),
  /** Requests arrive, answers do not. */
  NET_MUTE(true),
  /** The answers of single takes are swallowed. */
  LOST_TAKES(false),
  /** The answers of single submissions are swallowed. */
  LOST_ENQUEUES(false);

  private final boolean losesLeases;

  FaultKind(boolean losesLeases) {
    this.losesLeases = losesLeases;
  }

  /** Whether an instance hit by it may lose jobs it had taken. */
  boolean losesLeases() {
    return losesLeases;
  }

  String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
