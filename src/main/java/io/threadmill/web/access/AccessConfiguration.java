package io.threadmill.web.access;

import io.threadmill.job.InvalidSetting;
import io.threadmill.web.ProblemWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/** Closes the service: the filter, and the refusal to start where it would stand open. */
@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

  private static final List<String> OTHER_PORT =
      List.of(
          "management.server.port", "management.server.address", "management.server.ssl.enabled");

  @Bean
  Keyring keyring(AccessProperties properties, Environment environment) {
    var keys = new Keyring(properties);
    String address = environment.getProperty("server.address", "0.0.0.0");
    if (address.isBlank()) { // the container takes it for every address
      throw new InvalidSetting(
          "server.address",
          "is empty, which would mean every address.",
          "Use 127.0.0.1, or 0.0.0.0 with threadmill.access.keys.<name>.");
    }
    if (keys.isEmpty() && !isLoopback(address)) {
      throw new InvalidSetting(
          "server.address",
          "is " + address + ", which others can reach, and no key is configured.",
          "Set threadmill.access.keys.<name>, or server.address=127.0.0.1.");
    }
    for (String name : OTHER_PORT) {
      if (environment.containsProperty(name)) {
        throw new InvalidSetting(
            name,
            "is set, but keys are checked on the main port only.",
            "Remove it; give Prometheus a key with the scope metrics:read.");
      }
    }
    return keys;
  }

  private static boolean isLoopback(String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException _) {
      throw new InvalidSetting(
          "server.address", "is \"" + address + "\", which is no address.", "Use 127.0.0.1.");
    }
  }

  @Bean
  FilterRegistrationBean<AccessFilter> accessFilter(Keyring keys, ProblemWriter problems) {
    var registration = new FilterRegistrationBean<>(new AccessFilter(keys, problems));
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 10);
    return registration;
  }
}
