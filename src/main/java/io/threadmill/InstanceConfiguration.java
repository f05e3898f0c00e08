package io.threadmill;

import io.threadmill.job.Instance;
import io.threadmill.job.Ticker;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.random.RandomGenerator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who this process is among its equals, and its monotonic clock. */
@Configuration(proxyBeanMethods = false)
class InstanceConfiguration {

  @Bean
  Instance instance(RandomGenerator random) {
    return new Instance(
        "%s-%d-%04x".formatted(hostName(), ProcessHandle.current().pid(), random.nextInt(0x10000)));
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "-");
    } catch (UnknownHostException _) {
      return "host";
    }
  }

  @Bean
  Ticker ticker() {
    return System::nanoTime;
  }
}
