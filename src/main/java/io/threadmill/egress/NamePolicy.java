package io.threadmill.egress;

import java.util.List;
import java.util.Set;

/**
 * Names that never mean a public site, closed before they are looked up: the special-use names of
 * RFC 6761 and its followers, names without a dot (a compose or cluster service), and the names
 * under which metadata services and container hosts are known. Stateless.
 */
final class NamePolicy {

  private static final Set<String> NAMES =
      Set.of("metadata.goog", "kubernetes.default.svc", "instance-data.ec2.internal");

  private static final List<String> SUFFIXES =
      List.of(
          ".localhost",
          ".localdomain",
          ".local",
          ".internal", // metadata.google.internal, host.docker.internal
          ".intranet",
          ".lan",
          ".home",
          ".corp",
          ".home.arpa",
          ".in-addr.arpa",
          ".ip6.arpa",
          ".svc",
          ".onion",
          ".alt",
          ".test",
          ".invalid",
          ".metadata.goog");

  private NamePolicy() {}

  /** Whether a canonical host name (no address, no trailing dot, lower case) is closed. */
  static boolean closed(String name) {
    return name.indexOf('.') < 0
        || NAMES.contains(name)
        || SUFFIXES.stream().anyMatch(name::endsWith);
  }
}
