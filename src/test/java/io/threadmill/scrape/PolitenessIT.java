package io.threadmill.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.threadmill.web.ServiceIT;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** What a site sees of us, counted at the site. */
@TestPropertySource(
    properties = {"threadmill.egress.allow=127.0.0.0/8", "threadmill.host.concurrency=3"})
@Timeout(90)
class PolitenessIT extends ServiceIT {

  private static final AtomicInteger AT_ONCE = new AtomicInteger();
  private static final AtomicInteger MOST = new AtomicInteger();
  private static final AtomicInteger ROBOTS = new AtomicInteger();
  private static final CountDownLatch THREE = new CountDownLatch(3);
  private static HttpServer site;

  @BeforeAll
  static void start() throws Exception {
    site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    site.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    site.createContext(
        "/robots.txt",
        exchange -> {
          ROBOTS.incrementAndGet();
          byte[] body = "User-agent: *\nDisallow: /closed\n".getBytes(StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    site.createContext(
        "/page",
        exchange -> {
          MOST.accumulateAndGet(AT_ONCE.incrementAndGet(), Math::max);
          THREE.countDown();
          try { // the first ones wait for each other, the rest long enough to meet a fourth
            boolean _ = THREE.await(20, TimeUnit.SECONDS);
            boolean _ = new CountDownLatch(1).await(60, TimeUnit.MILLISECONDS);
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
          AT_ONCE.decrementAndGet();
          byte[] body = "<title>ok</title>".getBytes(StandardCharsets.US_ASCII);
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    site.start();
  }

  @AfterAll
  static void stop() {
    site.stop(0);
  }

  private String page(String path) {
    return "http://127.0.0.1:" + site.getAddress().getPort() + path;
  }

  @Test
  void aHostIsNeverAskedForMoreThanItsLimitAtOnceAndForItsRobotsOnce() {
    var jobs = new ArrayList<String>();
    for (int i = 0; i < 40; i++) {
      jobs.add(
          post(
                  "/v1/jobs",
                  "{\"type\":\"scrape\",\"params\":{\"url\":\"" + page("/page?" + i) + "\"}}")
              .headers()
              .firstValue("Location")
              .orElseThrow());
    }
    for (String job : jobs) {
      JsonNode ended = ended(job);
      assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("succeeded");
    }
    assertThat(MOST.get()).isEqualTo(3);
    assertThat(ROBOTS.get()).isEqualTo(1);
  }

  @Test
  void aJobCancelledWhileItReadsRobotsLeavesTheSiteOpenToOthers() throws Exception {
    var asked = new CountDownLatch(1);
    var over = new CountDownLatch(1);
    HttpServer slow =
        HttpServer.create(new InetSocketAddress(site.getAddress().getAddress(), 0), 0);
    slow.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    slow.createContext(
        "/",
        exchange -> {
          boolean robots = exchange.getRequestURI().getPath().equals("/robots.txt");
          if (robots && asked.getCount() > 0) {
            asked.countDown();
            try {
              boolean _ = over.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException _) {
              Thread.currentThread().interrupt();
            }
          }
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(robots ? 404 : 200, -1);
          exchange.close();
        });
    slow.start();
    try {
      String job =
          "{\"type\":\"scrape\",\"params\":{\"url\":\"http://127.0.0.1:%d/\"}}"
              .formatted(slow.getAddress().getPort());
      String first = post("/v1/jobs", job).headers().firstValue("Location").orElseThrow();
      assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
      post(first + "/cancel", "");
      assertThat(ended(first).path("state").asString()).isEqualTo("cancelled");
      JsonNode second = json(post("/v1/jobs", job, "Prefer", "wait=20"));
      assertThat(second.path("state").asString()).as(second.toString()).isEqualTo("succeeded");
    } finally {
      over.countDown();
      slow.stop(0);
    }
  }

  @Test
  void aForbiddenPageIsNotAskedFor() {
    JsonNode ended =
        json(
            post(
                "/v1/jobs",
                "{\"type\":\"scrape\",\"params\":{\"url\":\"" + page("/closed/x") + "\"}}",
                "Prefer",
                "wait=20"));
    assertThat(ended.path("error").path("type").asString())
        .isEqualTo("/problems/robots-disallowed");
  }
}
