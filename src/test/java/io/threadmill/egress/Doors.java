package io.threadmill.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Builds doors for tests: what is allowed, which ports are open, who resolves. */
final class Doors {

  static final Duration SOON = Duration.ofSeconds(20);

  /** Long enough for a busy machine, and what a hanging resolver costs a test. */
  private static final Duration LOOKUP = Duration.ofSeconds(3);

  static final long MEBIBYTE = 1 << 20;

  private Doors() {}

  /** A door that lets 127.0.0.1 through, where every name is 127.0.0.1. */
  static HttpEgress local() {
    return allowing(List.of("127.0.0.1"), resolving("127.0.0.1"));
  }

  /** A door that lets nothing private through. */
  static HttpEgress strict(NameResolver resolver, LoopbackExemption... exemptions) {
    return open(List.of(), List.of("80", "443"), resolver, exemptions);
  }

  static HttpEgress allowing(List<String> ranges, NameResolver resolver) {
    return open(ranges, List.of("80", "443"), resolver);
  }

  static HttpEgress open(
      List<String> allow,
      List<String> ports,
      NameResolver resolver,
      LoopbackExemption... exemptions) {
    EgressProperties settings =
        new EgressProperties(allow, ports, false, null, Duration.ofSeconds(10), LOOKUP);
    return EgressConfiguration.create(
        settings, List.of(exemptions), resolver, "Threadmill/test (+https://example.com)");
  }

  static NameResolver resolving(String... addresses) {
    return _ -> Stream.of(addresses).map(InetAddress::ofLiteral).toList();
  }

  static NameResolver resolving(Map<String, String> names) {
    return name -> {
      String address = names.get(name);
      if (address == null) {
        throw new UnknownHostException(name);
      }
      return List.of(InetAddress.ofLiteral(address));
    };
  }

  static FetchRequest get(String url) {
    return FetchRequest.get(url, SOON, MEBIBYTE);
  }

  static FetchRequest get(String url, Duration timeout) {
    return FetchRequest.get(url, timeout, MEBIBYTE);
  }

  static FetchRequest get(String url, HopGate gate) {
    return new FetchRequest(url, "GET", List.of(), null, SOON, MEBIBYTE, 5, gate);
  }
}
