package io.threadmill.egress;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What may leave.
 *
 * @param allow address ranges let through on every port, private ones too, such as {@code
 *     127.0.0.0/8}
 * @param ports the ports open elsewhere
 * @param nat64 whether 64:ff9b::/96 is judged by the IPv4 address inside, for networks that have
 *     only IPv6
 * @param userAgent sent when a caller gives none; by default the product, its version and where it
 *     is explained
 * @param connectTimeout for a TCP connection and again for its TLS handshake
 * @param lookupTimeout for one name look-up
 */
@Validated
@ConfigurationProperties("threadmill.egress")
record EgressProperties(
    @DefaultValue List<String> allow,
    @DefaultValue({"80", "443", "8080", "8443"}) List<String> ports,
    @DefaultValue("false") boolean nat64,
    @Nullable String userAgent,
    @DefaultValue("10s") Duration connectTimeout,
    @DefaultValue("5s") Duration lookupTimeout) {

  private static final Duration LONGEST = Duration.ofMinutes(2);

  EgressProperties {
    allow = List.copyOf(allow);
    ports = List.copyOf(ports);
    each("threadmill.egress.allow", allow, Cidr::parse);
    each("threadmill.egress.ports", ports, EgressProperties::port);
    String reason = userAgent == null ? null : HeaderGuard.check("User-Agent", userAgent);
    if (reason != null || (userAgent != null && userAgent.isBlank())) {
      throw new IllegalArgumentException(
          "threadmill.egress.user-agent: "
              + (reason == null ? "must not be blank; leave it out for the default" : reason));
    }
    within("threadmill.egress.connect-timeout", connectTimeout);
    within("threadmill.egress.lookup-timeout", lookupTimeout);
  }

  List<Cidr> allowedRanges() {
    return allow.stream().map(String::strip).map(Cidr::parse).toList();
  }

  Set<Integer> openPorts() {
    return ports.stream().map(EgressProperties::port).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * These as a text, in which neither order nor repetition matters.
   *
   * @param exemptions whether something on this machine is open as well
   */
  String policy(boolean exemptions) {
    return "allow %s ports %s nat64 %s exemptions %s"
        .formatted(
            new TreeSet<>(allow.stream().map(String::strip).toList()),
            new TreeSet<>(openPorts()),
            nat64,
            exemptions);
  }

  private static int port(String text) {
    String digits = text.strip();
    int port = digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : 0;
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("a port is a number from 1 to 65535");
    }
    return port;
  }

  private static void each(String setting, List<String> texts, Function<String, ?> parser) {
    for (String text : texts) {
      try {
        Object _ = parser.apply(text.strip());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "%s: \"%s\": %s".formatted(setting, text, e.getMessage()));
      }
    }
  }

  private static void within(String setting, Duration value) {
    if (value.toMillis() < 1 || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "%s must be between 1ms and 2m, but is %d ms".formatted(setting, value.toMillis()));
    }
  }
}
