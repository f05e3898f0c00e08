package io.threadmill.egress;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the door together. */
@Configuration(proxyBeanMethods = false)
class EgressConfiguration {

  @Bean(destroyMethod = "close")
  HttpEgress egress(
      EgressProperties settings,
      ObjectProvider<LoopbackExemption> exemptions,
      ObjectProvider<BuildProperties> build) {
    return create(
        settings,
        exemptions.orderedStream().toList(),
        NameResolver::system,
        userAgent(settings, build.getIfAvailable()));
  }

  /** The same for tests, which bring a resolver of their own. */
  static HttpEgress create(
      EgressProperties settings,
      List<LoopbackExemption> exemptions,
      NameResolver resolver,
      String userAgent) {
    AddressPolicy addresses =
        new AddressPolicy(settings.allowedRanges(), settings.nat64(), new OwnAddresses());
    HopGuard guard = new HopGuard(addresses, settings.openPorts(), exemptions);
    Lookups lookups = new Lookups(resolver, settings.lookupTimeout());
    HopClient client = new HopClient(guard, lookups, settings.connectTimeout());
    return new HttpEgress(
        guard, client, lookups, userAgent, settings.policy(!exemptions.isEmpty()));
  }

  private static String userAgent(EgressProperties settings, @Nullable BuildProperties build) {
    if (settings.userAgent() != null) {
      return settings.userAgent();
    }
    String version = build == null ? null : build.getVersion();
    return "Threadmill/%s (+https://github.com/threadmill)"
        .formatted(version == null ? "dev" : version);
  }
}
