package io.threadmill.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.cache.Caches;
import io.threadmill.cache.Fingerprint;
import io.threadmill.cache.SharedCache;
import io.threadmill.cache.SharedCache.Entry;
import io.threadmill.redis.RedisFixture;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** {@code /actuator/caches}: what it shows, what it evicts, and who may. */
@Timeout(90)
@TestPropertySource(
    properties = {
      "threadmill.access.keys.boss=boss-key-01234567890",
      "threadmill.access.keys.writer=writer-key-0123456789",
      "threadmill.access.keys.prom=prom-key-01234567890123",
      "threadmill.access.scopes.writer=jobs:read,jobs:write",
      "threadmill.access.scopes.prom=metrics:read"
    })
class CachesRoutesIT extends ServiceIT {

  private static final String[] BOSS = {"Authorization", "Bearer boss-key-01234567890"};
  private static final Fingerprint ONE = Fingerprint.of("test").end();

  @Autowired Caches caches;

  private static void keep(SharedCache cache) {
    cache.keep(ONE, new Entry(Instant.EPOCH, new byte[0], new byte[0]));
    assertThat(cache.find(ONE)).isPresent();
  }

  @Test
  void theMapsAreListed() {
    HttpResponse<String> answer = get("/actuator/caches", BOSS);
    assertThat(answer.statusCode()).isEqualTo(200);
    var manager = json(answer).path("cacheManagers").path("cacheManager").path("caches");
    assertThat(manager.propertyNames()).containsExactly("responses", "results");
    assertThat(get("/actuator/caches/results", BOSS).statusCode()).isEqualTo(200);
  }

  @Test
  void deleteEmptiesOneMap() {
    keep(caches.responses());
    keep(caches.results());
    assertThat(send("DELETE", "/actuator/caches/responses", "", BOSS).statusCode()).isEqualTo(204);
    assertThat(caches.responses().find(ONE)).isEmpty();
    assertThat(caches.results().find(ONE)).isPresent();
  }

  @Test
  void deleteEmptiesAllMaps() {
    keep(caches.responses());
    keep(caches.results());
    assertThat(send("DELETE", "/actuator/caches", "", BOSS).statusCode()).isEqualTo(204);
    assertThat(caches.responses().find(ONE)).isEmpty();
    assertThat(caches.results().find(ONE)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "GET,    /actuator/caches",
    "DELETE, /actuator/caches",
    "GET,    /actuator/caches/responses",
    "DELETE, /actuator/caches/responses",
    "DELETE, /actuator/caches/nothing",
  })
  void onlyAdminMay(String method, String path) {
    keep(caches.responses());
    assertThat(send(method, path, "").statusCode()).isEqualTo(401);
    for (String key : new String[] {"writer-key-0123456789", "prom-key-01234567890123"}) {
      HttpResponse<String> refused = send(method, path, "", "Authorization", "Bearer " + key);
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(json(refused).path("type").asString()).isEqualTo("/problems/insufficient-scope");
    }
    assertThat(caches.responses().find(ONE)).isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "GET,    /actuator/caches/nothing",
    "DELETE, /actuator/caches/nothing",
    "DELETE, /actuator/caches/segments",
    "DELETE, /actuator/caches/responses?cacheManager=nothing",
    "GET,    /actuator/health/nothing",
  })
  void anUnknownNameIsA404WithAProblem(String method, String path) {
    HttpResponse<String> answer = send(method, path, "", BOSS);
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(json(answer).path("type").asString()).isEqualTo("/problems/not-found");
  }

  @Test
  void whileRedisIsSilentTheOperatorIsToldThatNothingWasEmptied() {
    RedisFixture.command("CLIENT PAUSE 30000 WRITE"); // scripts count as such
    try {
      HttpResponse<String> answer = send("DELETE", "/actuator/caches/responses", "", BOSS);
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(json(answer).path("type").asString()).isEqualTo("/problems/store-unavailable");
    } finally {
      RedisFixture.command("CLIENT UNPAUSE");
    }
  }

  @Test
  void whatTheMapsHoldAndHowTheyAreUsedIsMeasured() {
    keep(caches.results());
    String[] prom = {"Authorization", "Bearer prom-key-01234567890123"};
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            get("/actuator/prometheus", prom)
                .body()
                .contains("threadmill_cache_entries{map=\"results\"} 1.0"));
    assertThat(get("/actuator/prometheus", prom).body())
        .contains("threadmill_cache_gets_total{map=\"results\",result=\"near\"}")
        .contains("threadmill_cache_puts_total{map=\"results\",outcome=\"kept\"}")
        .contains("threadmill_cache_bytes{map=\"responses\"}");
  }
}
