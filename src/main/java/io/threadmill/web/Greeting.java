package io.threadmill.web;

import io.threadmill.job.Neighbours;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Says where the service listens and one line to try, and tells the neighbours. */
@Component
final class Greeting {

  private static final Logger log = LoggerFactory.getLogger(Greeting.class);

  private final Neighbours neighbours;
  private final Environment environment;
  private final boolean demo;

  Greeting(Neighbours neighbours, Environment environment, ObjectProvider<DemoDoor> demo) {
    this.neighbours = neighbours;
    this.environment = environment;
    this.demo = demo.getIfAvailable() != null;
  }

  @EventListener
  void ready(ApplicationReadyEvent event) {
    Integer port = environment.getProperty("local.server.port", Integer.class);
    if (port == null) {
      return; // started without a web server
    }
    neighbours.listening(port);
    boolean closed =
        !Binder.get(environment)
            .bind("threadmill.access.keys", Bindable.mapOf(String.class, String.class))
            .orElseGet(Map::of)
            .isEmpty();
    lines(environment.getProperty("server.address", "127.0.0.1"), port, closed, demo)
        .forEach(log::info);
  }

  /** What to print: a line that works here as it stands, but for the key's own text. */
  static List<String> lines(String address, int port, boolean closed, boolean demo) {
    String here = "http://%s:%d".formatted(reached(address), port);
    String key = closed ? " -H 'Authorization: Bearer <key>'" : "";
    return List.of(
        "Threadmill listens on http://%s:%d".formatted(bracketed(address), port),
        demo
            ? ("Try: curl -s %1$s/v1/jobs%2$s -H 'Content-Type: application/json' -H 'Prefer: wait=10'"
                    + " -d '{\"type\":\"scrape\",\"params\":{\"url\":\"%1$s/demo/products/1\","
                    + "\"extract\":{\"fields\":{\"name\":\"h1\",\"price\":\".price\"}}}}'")
                .formatted(here, key)
            : "Try: curl -s %s/v1/jobs/counts%s".formatted(here, key));
  }

  /** Where this machine itself reaches an address; all of them stand for loopback too. */
  private static String reached(String address) {
    try {
      InetAddress literal = InetAddress.ofLiteral(address);
      return literal.isAnyLocalAddress() ? "127.0.0.1" : bracketed(address);
    } catch (IllegalArgumentException _) {
      return address;
    }
  }

  private static String bracketed(String address) {
    return address.indexOf(':') >= 0 && !address.startsWith("[") ? "[" + address + "]" : address;
  }
}
