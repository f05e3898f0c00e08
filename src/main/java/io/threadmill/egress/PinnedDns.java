package io.threadmill.egress;

import io.threadmill.egress.Exchange.Phase;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.apache.hc.client5.http.DnsResolver;

/**
 * The client's resolver: what it answers is what the client dials, for names and for literals. All
 * answers are checked and one bad address refuses the host, since an attacker who mixes public and
 * private answers only waits for the private one to be picked. Thread-safe.
 */
final class PinnedDns implements DnsResolver {

  private final HopGuard guard;
  private final Lookups lookups;

  PinnedDns(HopGuard guard, Lookups lookups) {
    this.guard = guard;
    this.lookups = lookups;
  }

  @Override
  public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
    return checked(host).stream().map(address -> new InetSocketAddress(address, port)).toList();
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    return checked(host).toArray(InetAddress[]::new);
  }

  /** Asked for Kerberos only, which we do not speak. */
  @Override
  public String resolveCanonicalHostname(String host) {
    return host;
  }

  private List<InetAddress> checked(String host) throws UnknownHostException {
    Exchange exchange = Exchange.CURRENT.get();
    exchange.enter(Phase.LOOKUP);
    List<InetAddress> addresses = answers(host, exchange);
    if (addresses.isEmpty()) {
      throw new UnknownHostException("the name has no address");
    }
    if (!addresses.stream().allMatch(a -> guard.admits(exchange.clearance(), a))) {
      exchange.block();
      throw new UnknownHostException("blocked");
    }
    return addresses;
  }

  private List<InetAddress> answers(String host, Exchange exchange) throws UnknownHostException {
    // The client hands IPv6 literals over with or without brackets, depending on the caller.
    InetAddress literal = AddressPolicy.literal(host.indexOf(':') >= 0 ? bracketed(host) : host);
    if (literal != null) {
      return List.of(literal);
    }
    try {
      return lookups.resolve(host, exchange.remaining());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new UnknownHostException("interrupted");
    }
  }

  private static String bracketed(String host) {
    return host.startsWith("[") ? host : "[" + host + "]";
  }
}
