package io.threadmill.web.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.redis.RedisFixture;
import io.threadmill.web.openapi.Contract;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/**
 * The service with keys, spoken to over raw sockets so that no client tidies a call up. It ends
 * with its class: an instance left running would take the next class's jobs.
 */
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "threadmill.queue.beat=500ms",
      "threadmill.access.keys.reader=reader-key-0123456789",
      "threadmill.access.keys.writer=writer-key-0123456789",
      // prom-key-01234567890123
      "threadmill.access.keys.prom=sha256:bc44703015c3f298a79b14bde136e00aef1bf17c0ee8f73292795b510457b2d4",
      "threadmill.access.keys.boss=boss-key-01234567890",
      "threadmill.access.scopes.reader=jobs:read",
      "threadmill.access.scopes.writer=jobs:read,jobs:write",
      "threadmill.access.scopes.prom=metrics:read"
    })
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_CLASS)
class AccessIT {

  private static final String READER = "Authorization: Bearer reader-key-0123456789";
  private static final String WRITER = "Authorization: Bearer writer-key-0123456789";
  private static final String PROM = "Authorization: Bearer prom-key-01234567890123";
  private static final String BOSS = "Authorization: Bearer boss-key-01234567890";

  /** The contract's open list, as patterns of the mappings. */
  private static final Set<String> OPEN =
      Set.of("/", "/v3/api-docs", "/docs", "/robots.txt", "/error");

  private record Route(String method, String pattern) {
    String path() {
      return pattern.replaceAll("\\{[^}]*}", "x").replace("**", "x");
    }

    boolean isOpen() {
      return OPEN.contains(pattern)
          || pattern.startsWith("/demo")
          || pattern.startsWith("/problems")
          || pattern.startsWith("/sitemap");
    }
  }

  @LocalServerPort int port;
  @Autowired Collection<RequestMappingInfoHandlerMapping> mappings;

  @DynamicPropertySource
  static void redis(DynamicPropertyRegistry registry) {
    RedisFixture.flush();
    registry.add("spring.data.redis.url", RedisFixture.uri()::toString);
  }

  @Test
  void everyRouteNeedsAKeyButTheOpenOnes() {
    List<Route> routes = routes();
    assertThat(routes).extracting(Route::pattern).contains("/v1/jobs", "/actuator/prometheus");
    for (Route route : routes) {
      String answer = call(route.method(), route.path());
      if (route.isOpen()) {
        assertThat(answer).as("%s", route).doesNotStartWith("HTTP/1.1 401");
      } else {
        assertUnauthenticated(answer, route);
      }
    }
  }

  @Test
  void everyRouteRefusesAKeyWithoutItsScopeAndLetsTheRightOnePass() {
    for (Route route : routes()) {
      if (route.isOpen() || route.pattern().matches("/actuator(/info|/health.*)?")) {
        continue;
      }
      boolean metrics = route.pattern().equals("/actuator/prometheus");
      String wrong = call(route.method(), route.path(), metrics ? WRITER : PROM);
      assertThat(wrong).as("%s", route).startsWith("HTTP/1.1 403");
      if (!route.method().equals("HEAD")) {
        assertThat(wrong).as("%s", route).contains("/problems/insufficient-scope");
      }
      assertThat(call(route.method(), route.path(), BOSS))
          .as("%s", route)
          .doesNotStartWith("HTTP/1.1 401")
          .doesNotStartWith("HTTP/1.1 403");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET,  /v1/jobs,             reader, 200",
    "POST, /v1/jobs,             reader, 403",
    "POST, /v1/jobs,             writer, 415",
    "GET,  /v1/jobs,             prom,   403",
    "GET,  /actuator/prometheus, prom,   200",
    "GET,  /actuator/prometheus, reader, 403",
    "GET,  /actuator/pool,       writer, 403",
    "GET,  /actuator/pool,       boss,   200",
    "GET,  /actuator/health,     prom,   200",
    // The dispatcher decodes: the scope must follow what it will read.
    "GET,  /%761/jobs,           prom,   403",
    "GET,  /%61ctuator/pool,     reader, 403",
    "GET,  /v1/%6aobs,           prom,   403",
  })
  void aScopeOpensItsOwnRoutesOnly(String method, String path, String client, int status) {
    String key =
        switch (client) {
          case "reader" -> READER;
          case "writer" -> WRITER;
          case "prom" -> PROM;
          default -> BOSS;
        };
    assertThat(call(method, path, key)).startsWith("HTTP/1.1 " + status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization: Bearer wrong-key-01234567890",
        "Authorization: Bearer ",
        "Authorization: Bearer",
        "Authorization:",
        "Authorization: Basic cmVhZGVyOnJlYWRlci1rZXktMDEyMzQ1Njc4OQ==",
        "Authorization: reader-key-0123456789",
        "Authorization: Bearer reader-key-0123456789 more",
        "Authorization: Bearer READER-KEY-0123456789",
        "X-Api-Key: reader-key-0123456789",
      })
  void whatIsNoKnownKeyIsRefused(String header) {
    assertUnauthenticated(call("GET", "/v1/jobs", header), header);
  }

  @Test
  void theSchemeIsReadInAnyCase() {
    assertThat(call("GET", "/v1/jobs", "authorization: bearer reader-key-0123456789"))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void ofTwoAuthorizationHeadersNoneIsBelieved() {
    String other = "Authorization: Bearer wrong-key-01234567890";
    assertUnauthenticated(call("GET", "/v1/jobs", READER, other), "the good one first");
    assertUnauthenticated(call("GET", "/v1/jobs", other, READER), "the good one second");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/jobs/",
        "/v1//jobs",
        "//v1/jobs",
        "/V1/jobs",
        "/v1/jobs;a",
        "/v1;a=b/jobs",
        "/v1/%6aobs",
        "/%761/jobs",
        "/v1%2fjobs",
        "/v1/jobs%00",
        "/v1/jobs?access_token=reader-key-0123456789",
        "/./v1/jobs",
        "/problems/../v1/jobs",
        "/problems/%2e%2e/v1/jobs",
        "/problems/..;/v1/jobs",
        "/problems/..%2fv1/jobs",
        "/problems\\..\\v1\\jobs",
        "/demo/../v1/jobs",
        "/demo/..;x/v1/jobs",
        "/actuator/health/liveness/../../pool",
        "/actuator/health/readiness/redis",
        "/actuator/health",
        "/actuator/health/",
        "/actuator/pool/",
        "/error/../v1/jobs",
        "http://localhost/v1/jobs",
      })
  void noSpellingOfAPathGetsPastTheKey(String path) {
    for (String method : List.of("GET", "HEAD", "POST", "OPTIONS", "TRACE", "PUT", "get", "FOO")) {
      assertThat(call(method, path).substring(0, 12))
          .as("%s %s", method, path)
          .matches("HTTP/1.1 (400|401|404|405|501)");
    }
  }

  @Test
  void theFrontPageIsOpenAndTheProbesTellTheirStatusOnly() {
    for (String page : List.of("/", "/index.html", "/threadmill.css")) {
      assertThat(call("GET", page)).as(page).startsWith("HTTP/1.1 200");
    }
    for (String probe : List.of("liveness", "readiness")) {
      String answer = call("GET", "/actuator/health/" + probe);
      assertThat(answer).startsWith("HTTP/1.1 200").contains("{\"status\":\"UP\"}");
    }
  }

  @Test
  void oneCallersIdempotencyKeyIsNotAnothers() {
    String body = "{\"type\":\"rehearse\",\"params\":{}}";
    String once = "Idempotency-Key: shared-between-two";
    String mine = submit(WRITER, once, body);
    assertThat(mine).startsWith("HTTP/1.1 202").doesNotContain("Idempotency-Replayed");
    assertThat(submit(WRITER, once, body)).contains("Idempotency-Replayed: true");
    assertThat(submit(BOSS, once, body))
        .startsWith("HTTP/1.1 202")
        .doesNotContain("Idempotency-Replayed");
  }

  private String submit(String key, String idempotency, String body) {
    return exchange(
        "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Content-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n"
            + key
            + "\r\n"
            + idempotency
            + "\r\n\r\n"
            + body);
  }

  private static void assertUnauthenticated(String answer, Object about) {
    assertThat(answer)
        .as("%s", about)
        .startsWith("HTTP/1.1 401")
        .contains("WWW-Authenticate: Bearer")
        .contains("Content-Type: application/problem+json");
  }

  private List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    for (var mapping : mappings) {
      mapping
          .getHandlerMethods()
          .keySet()
          .forEach(info -> {
            var methods = new TreeSet<String>();
            info.getMethodsCondition().getMethods().forEach(method -> methods.add(method.name()));
            if (methods.isEmpty()) {
              methods.add("GET");
            }
            for (String pattern : info.getPatternValues()) {
              methods.forEach(method -> routes.add(new Route(method, pattern)));
            }
          });
    }
    return routes;
  }

  private String call(String method, String path, String... headers) {
    var text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    return exchange(text + "Content-Length: 0\r\nConnection: close\r\n\r\n");
  }

  private String exchange(String request) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Contract.check(request, answer);
      return answer;
    } catch (IOException fault) {
      throw new AssertionError("no answer to " + request, fault);
    }
  }
}
