package io.threadmill.demo;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * True where {@code threadmill.demo.enabled} says so; without that property, where the service
 * listens on a loopback address only.
 */
public final class OnDemo implements Condition {

  @Override
  public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
    Boolean chosen = context.getEnvironment().getProperty("threadmill.demo.enabled", Boolean.class);
    return chosen != null
        ? chosen
        : isLoopback(context.getEnvironment().getProperty("server.address"));
  }

  /** No address means every interface; a name is not looked up, since it may change its mind. */
  private static boolean isLoopback(@Nullable String address) {
    if (address == null || address.isBlank()) {
      return false;
    }
    if (address.equalsIgnoreCase("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(address).isLoopbackAddress();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
