package io.threadmill.egress;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses are open, by the IANA special-purpose registries. IPv4 is a list of what is
 * closed; IPv6 the other way round, so that every form that carries an IPv4 address inside
 * (compatible, mapped, translated, 6to4, Teredo, NAT64) is closed without being named. Thread-safe.
 */
final class AddressPolicy {

  private static final List<Cidr> CLOSED_V4 =
      ranges(
          "0.0.0.0/8", // this network
          "10.0.0.0/8", // private
          "100.64.0.0/10", // shared, and the metadata service of Alibaba
          "127.0.0.0/8", // loopback
          "168.63.129.16", // Azure's platform
          "169.254.0.0/16", // link-local, and most metadata services
          "172.16.0.0/12", // private
          "192.0.0.0/24", // protocol assignments, and the metadata service of Oracle
          "192.0.2.0/24", // documentation
          "192.88.99.0/24", // 6to4 relays
          "192.168.0.0/16", // private
          "198.18.0.0/15", // benchmarks
          "198.51.100.0/24", // documentation
          "203.0.113.0/24", // documentation
          "224.0.0.0/4", // multicast
          "240.0.0.0/4"); // reserved, and broadcast

  private static final Cidr GLOBAL_V6 = Cidr.parse("2000::/3");
  private static final List<Cidr> CLOSED_V6 =
      ranges(
          "2001::/23", // protocol assignments, Teredo among them
          "2001:db8::/32", // documentation
          "2002::/16", // 6to4
          "3fff::/20"); // documentation

  private static final Cidr NAT64 = Cidr.parse("64:ff9b::/96");

  private final List<Cidr> allowed;
  private final boolean nat64;
  private final Predicate<InetAddress> own;

  /**
   * @param allowed let through whatever else is said
   * @param nat64 whether 64:ff9b::/96 is judged by the IPv4 address inside
   * @param own whether an address is one of this machine's
   */
  AddressPolicy(List<Cidr> allowed, boolean nat64, Predicate<InetAddress> own) {
    this.allowed = List.copyOf(allowed);
    this.nat64 = nat64;
    this.own = own;
  }

  /** Whether anybody may go there: public and not this machine, or allowed by setting. */
  boolean open(InetAddress address) {
    return allowed(address) || (isPublic(address.getAddress()) && !own.test(address));
  }

  /** Whether a setting lets it through. */
  boolean allowed(InetAddress address) {
    byte[] bytes = address.getAddress();
    return allowed.stream().anyMatch(range -> range.contains(bytes));
  }

  /** Whether any setting lets anything through. */
  boolean allowsSome() {
    return !allowed.isEmpty();
  }

  private boolean isPublic(byte[] address) {
    if (address.length == 4) {
      return CLOSED_V4.stream().noneMatch(range -> range.contains(address));
    }
    if (nat64 && NAT64.contains(address)) {
      return isPublic(Arrays.copyOfRange(address, 12, 16));
    }
    return GLOBAL_V6.contains(address)
        && CLOSED_V6.stream().noneMatch(range -> range.contains(address));
  }

  /** The address a canonical URL host is written as, or null for a name. */
  static @Nullable InetAddress literal(String host) {
    if (host.startsWith("[")) {
      return InetAddress.ofLiteral(host.substring(1, host.length() - 1));
    }
    boolean four = host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    return four ? Inet4Address.ofLiteral(host) : null;
  }

  private static List<Cidr> ranges(String... texts) {
    return Stream.of(texts).map(Cidr::parse).toList();
  }
}
