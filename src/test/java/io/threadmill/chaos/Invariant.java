package io.threadmill.chaos;

/**
 * Something that must hold for each run, whatever was done to it. A check reads the evidence and
 * nothing else.
 */
interface Invariant {

  /** Its number, such as {@code I1}; the list is in {@code docs/reliability.md}. */
  String number();

  /** What it says, in a few words. */
  String title();

  Findings check(Evidence evidence);
}
