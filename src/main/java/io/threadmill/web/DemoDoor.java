package io.threadmill.web;

import io.threadmill.demo.OnDemo;
import io.threadmill.egress.LoopbackExemption;
import io.threadmill.job.Neighbours;
import java.util.regex.Pattern;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/**
 * The one exception to the closed loopback: reading the demo site of a live instance on this
 * machine, its own paths only.
 */
@Component
@Conditional(OnDemo.class)
final class DemoDoor implements LoopbackExemption {

  private static final Pattern PATHS =
      Pattern.compile("/demo(/[A-Za-z0-9._/-]*)?|/robots\\.txt|/sitemap[a-z-]*\\.xml");

  private final Neighbours neighbours;

  DemoDoor(Neighbours neighbours) {
    this.neighbours = neighbours;
  }

  @Override
  public boolean permits(String method, int port, String path) {
    return method.equals("GET")
        && PATHS.matcher(path).matches()
        && neighbours.ports().contains(port);
  }
}
