package io.threadmill.egress;

import java.time.Duration;

/**
 * Asked before every hop beyond the first, that is before a redirect is followed: after its URL was
 * parsed and passed the guard, and before anything is resolved or dialled. Called on the fetching
 * thread; what it throws ends the fetch and goes through to the caller.
 */
@FunctionalInterface
public interface HopGate {

  /** A gate that lets every hop through. */
  HopGate OPEN = _ -> new Go(() -> {});

  /** Whether this hop may start now. */
  Answer enter(Target hop);

  /** What the gate says. */
  sealed interface Answer permits Go, Hold, Refuse {}

  /**
   * The hop may start.
   *
   * @param release run once when that hop is over, however it ends
   */
  record Go(Runnable release) implements Answer {}

  /**
   * Not now: the fetch ends with {@link Held}.
   *
   * @param until how long from now it makes no sense to ask again
   */
  record Hold(Duration until) implements Answer {}

  /**
   * Never: the fetch ends with {@link FetchFailure#REFUSED_BY_GATE}.
   *
   * @param code a stable word for programs, such as {@code robots-disallowed}
   * @param detail a sentence for people, safe to show
   */
  record Refuse(String code, String detail) implements Answer {}
}
