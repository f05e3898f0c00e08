package io.threadmill.egress;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges each hop before anything is resolved, and each address before it is dialled. Thread-safe.
 */
final class HopGuard {

  /** What a hop may dial. */
  enum Clearance {
    /** Whatever is public, and what a setting allows. */
    PUBLIC,
    /** Only what a setting allows: the name or the port is closed to everybody else. */
    ALLOWED_ONLY,
    /** Only loopback: an exemption let this one request through. */
    LOOPBACK
  }

  private final AddressPolicy addresses;
  private final Set<Integer> ports;
  private final List<LoopbackExemption> exemptions;

  HopGuard(AddressPolicy addresses, Set<Integer> ports, List<LoopbackExemption> exemptions) {
    this.addresses = addresses;
    this.ports = Set.copyOf(ports);
    this.exemptions = List.copyOf(exemptions);
  }

  /** What this hop may dial, or null when nothing. */
  @Nullable Clearance judge(Target target, String method) {
    InetAddress literal = AddressPolicy.literal(target.host());
    if (isLoopback(target.host(), literal) && exempt(target, method)) {
      return Clearance.LOOPBACK;
    }
    boolean closedName = literal == null && NamePolicy.closed(target.host());
    Clearance clearance =
        closedName || !ports.contains(target.port()) ? Clearance.ALLOWED_ONLY : Clearance.PUBLIC;
    if (clearance == Clearance.ALLOWED_ONLY && !addresses.allowsSome()) {
      return null;
    }
    return literal == null || admits(clearance, literal) ? clearance : null;
  }

  /** Whether a hop of that clearance may dial that address. */
  boolean admits(Clearance clearance, InetAddress address) {
    return switch (clearance) {
      case PUBLIC -> addresses.open(address);
      case ALLOWED_ONLY -> addresses.allowed(address);
      case LOOPBACK -> address.isLoopbackAddress();
    };
  }

  private boolean exempt(Target target, String method) {
    return exemptions.stream().anyMatch(e -> e.permits(method, target.port(), target.path()));
  }

  /** A mapped address is none: the JDK reads it as the IPv4 one, the server as a foreign name. */
  private static boolean isLoopback(String host, @Nullable InetAddress literal) {
    if (literal == null) {
      return host.equals("localhost");
    }
    boolean mapped = host.startsWith("[") && literal instanceof Inet4Address;
    return literal.isLoopbackAddress() && !mapped;
  }
}
