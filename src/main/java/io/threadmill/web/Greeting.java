package io.threadmill.web;

import io.threadmill.job.Neighbours;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Says where the service listens and one line to try, and tells the neighbours. */
@Component
final class Greeting {

  private static final Logger log = LoggerFactory.getLogger(Greeting.class);

  private final Neighbours neighbours;
  private final Environment environment;

  Greeting(Neighbours neighbours, Environment environment) {
    this.neighbours = neighbours;
    this.environment = environment;
  }

  @EventListener
  void ready(ApplicationReadyEvent event) {
    Integer port = environment.getProperty("local.server.port", Integer.class);
    if (port == null) {
      return; // started without a web server
    }
    neighbours.listening(port);
    String address = environment.getProperty("server.address", "127.0.0.1");
    String url = "http://%s:%d".formatted(address, port);
    log.info("Threadmill listens on {}", url);
    log.info(
        "Try: curl -s {}/v1/jobs -H 'Content-Type: application/json' -H 'Prefer: wait=10' -d"
            + " '{\"type\":\"scrape\",\"params\":{\"url\":\"{}/demo/products/1\","
            + "\"extract\":{\"fields\":{\"name\":\"h1\",\"price\":\".price\"}}}}'",
        url,
        url);
  }
}
