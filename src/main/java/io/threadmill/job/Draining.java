package io.threadmill.job;

/** This instance is stopping and accepts no new work; another one does. */
public final class Draining extends ThreadmillException {

  public Draining() {
    super("this instance is stopping");
  }
}
