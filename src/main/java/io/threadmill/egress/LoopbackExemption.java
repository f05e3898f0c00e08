package io.threadmill.egress;

/**
 * An optional bean that opens one place on this machine, such as the demo site. Any number may
 * exist; one that permits is enough. Asked at each hop whose host is literally {@code localhost} or
 * a loopback address, never for a name that merely resolves to one; what it opens is loopback and
 * nothing else. Called by many threads; must be fast and must not throw.
 */
@FunctionalInterface
public interface LoopbackExemption {

  /**
   * Whether this request may go to loopback.
   *
   * @param method in upper case
   * @param port the port dialled
   * @param path the canonical raw path, without query; dot segments are resolved, other percent
   *     escapes are left as they are
   */
  boolean permits(String method, int port, String path);
}
