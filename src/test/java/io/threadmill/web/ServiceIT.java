package io.threadmill.web;

import io.threadmill.redis.RedisFixture;
import io.threadmill.web.openapi.Contract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole service on a real port and a real Redis. Each subclass starts and ends its own: an
 * instance left running would take the next class's jobs.
 */
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {"threadmill.queue.beat=500ms", "threadmill.pool.scrape.size=16"})
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_CLASS)
public abstract class ServiceIT {

  /** Each answer is held against the OpenAPI document. */
  protected static final HttpClient HTTP = Contract.client();

  protected static final JsonMapper JSON = JsonMapper.builder().build();

  @LocalServerPort protected int port;

  @DynamicPropertySource
  static void redis(DynamicPropertyRegistry registry) {
    RedisFixture.flush();
    registry.add("spring.data.redis.url", RedisFixture.uri()::toString);
  }

  protected String url(String path) {
    return "http://localhost:" + port + path;
  }

  protected HttpResponse<String> send(String method, String path, String body, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create(url(path)))
            .timeout(Duration.ofSeconds(60))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  protected HttpResponse<String> get(String path, String... headers) {
    return send("GET", path, "", headers);
  }

  protected HttpResponse<String> post(String path, String json, String... headers) {
    String[] all = new String[headers.length + 2];
    all[0] = "Content-Type";
    all[1] = "application/json";
    System.arraycopy(headers, 0, all, 2, headers.length);
    return send("POST", path, json, all);
  }

  protected static JsonNode json(HttpResponse<String> response) {
    return JSON.readTree(response.body());
  }

  /** Submits a rehearsal and answers its path. */
  protected String rehearse(String params) {
    var answer = post("/v1/jobs", "{\"type\":\"rehearse\",\"params\":" + params + "}");
    return answer
        .headers()
        .firstValue("Location")
        .orElseThrow(() -> new AssertionError(answer.body()));
  }

  /** A job that waits an hour, running or about to. */
  protected String endless() {
    return rehearse("{\"wait\":\"1h\"}");
  }

  protected JsonNode ended(String path) {
    return json(get(path, "Prefer", "wait=20"));
  }
}
