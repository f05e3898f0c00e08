package io.threadmill.job;

import java.util.Set;

/** The live instances on this machine, by the port each serves. Thread-safe. */
public interface Neighbours {

  /** This instance serves a port from now on. */
  void listening(int port);

  /** Ports of live instances on this machine, this one's included; empty while Redis is away. */
  Set<Integer> ports();
}
