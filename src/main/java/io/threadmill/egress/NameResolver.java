package io.threadmill.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Names to addresses. May block; called by many threads. */
@FunctionalInterface
interface NameResolver {

  /** Every address of a canonical host name, at least one. */
  List<InetAddress> resolve(String name) throws UnknownHostException;

  /**
   * The machine's own resolver. A dotted name is asked for with its root dot, so that no search
   * domain of the machine is tried; {@code localhost} is 127.0.0.1 without asking (RFC 6761).
   */
  static List<InetAddress> system(String name) throws UnknownHostException {
    if (name.equals("localhost")) {
      return List.of(InetAddress.ofLiteral("127.0.0.1"));
    }
    return List.of(InetAddress.getAllByName(name.indexOf('.') < 0 ? name : name + "."));
  }
}
