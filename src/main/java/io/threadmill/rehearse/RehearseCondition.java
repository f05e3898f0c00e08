package io.threadmill.rehearse;

import java.net.InetAddress;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * On where {@code threadmill.rehearse.enabled} says so; else as {@code threadmill.demo.enabled};
 * else where the service listens on loopback only.
 */
final class RehearseCondition implements Condition {

  @Override
  public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
    return enabled(context.getEnvironment());
  }

  static boolean enabled(Environment environment) {
    Boolean own = environment.getProperty("threadmill.rehearse.enabled", Boolean.class);
    if (own != null) {
      return own;
    }
    Boolean demo = environment.getProperty("threadmill.demo.enabled", Boolean.class);
    return demo != null ? demo : loopback(environment.getProperty("server.address", "localhost"));
  }

  private static boolean loopback(String address) {
    if (address.equals("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(address).isLoopbackAddress();
    } catch (IllegalArgumentException _) {
      return false; // a name: where it leads is not known yet, so it counts as open
    }
  }
}
