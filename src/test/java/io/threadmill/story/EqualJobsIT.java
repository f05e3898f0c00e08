package io.threadmill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.web.ServiceIT;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** Equal jobs that come while one of them is at it: the work is done once, by whoever ends it. */
@Timeout(120)
@TestPropertySource(properties = "threadmill.egress.allow=127.0.0.0/8")
class EqualJobsIT extends ServiceIT {

  private static final int EQUALS = 5;

  private static CountingSite site;

  @BeforeAll
  static void open() {
    site = new CountingSite();
  }

  @AfterAll
  static void close() {
    site.close();
  }

  private List<String> submit(String job) {
    return submit(job, EQUALS);
  }

  private List<String> submit(String job, int times) {
    var paths = new ArrayList<String>();
    for (int i = 0; i < times; i++) {
      paths.add(post("/v1/jobs", job).headers().firstValue("Location").orElseThrow());
    }
    return paths;
  }

  private static String scrape(String path) {
    return "{\"type\":\"scrape\",\"params\":{\"url\":\"" + site.url(path) + "\"}}";
  }

  /** Who leads need not have asked the site yet. */
  private static void awaitRequests(String path, int requests) {
    await().atMost(Duration.ofSeconds(30)).until(() -> site.requests(path) == requests);
  }

  private String waitsFor(String path) {
    return json(get(path)).path("waiting").path("detail").asString("");
  }

  /** Waits until one job runs and all others wait for it; answers the one that runs. */
  private String awaitLeader(List<String> paths) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            paths.stream().filter(path -> waitsFor(path).contains("equal job")).count()
                == paths.size() - 1);
    return paths.stream()
        .filter(path -> json(get(path)).path("state").asString().equals("running"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void thePageIsFetchedOnceAndTheOthersHoldNoThread() {
    CountDownLatch gate = site.hold("/equal");
    List<String> paths = submit(scrape("/equal"));
    String leader = awaitLeader(paths);
    gate.countDown();
    for (String path : paths) {
      JsonNode job = ended(path);
      assertThat(job.path("state").asString()).isEqualTo("succeeded");
      assertThat(job.path("cache").asString()).isEqualTo(path.equals(leader) ? "miss" : "joined");
      assertThat(job.path("result").path("title").asString()).isEqualTo("answer 1");
      assertThat(job.path("progress").toString())
          .isEqualTo("{\"done\":1,\"total\":1,\"message\":null}");
    }
    assertThat(site.requests("/equal")).isEqualTo(1);
  }

  /** What it waited for came while it wanted it: as young as an answer of its own. */
  @Test
  void whoJoinsTakesTheAnswerHoweverLongTheSiteTook() {
    CountDownLatch gate = site.hold("/young");
    List<String> paths =
        submit(scrape("/young").replaceFirst("}$", ",\"cache\":{\"maxAge\":\"1ms\"}}"));
    String leader = awaitLeader(paths);
    gate.countDown();
    for (String path : paths) {
      assertThat(ended(path).path("cache").asString())
          .isEqualTo(path.equals(leader) ? "miss" : "joined");
    }
    assertThat(site.requests("/young")).isEqualTo(1);
  }

  @Test
  void whereTheLeaderFailsNobodyTakesAnOldAnswerInstead() {
    ended(submit(scrape("/old"), 1).getFirst());
    CountDownLatch gate = site.hold("/old");
    List<String> paths = submit(scrape("/old"), 2);
    String leader = awaitLeader(paths);
    assertThat(send("POST", leader + "/cancel", "").statusCode()).isEqualTo(202);
    assertThat(ended(leader).path("state").asString()).isEqualTo("cancelled");
    gate.countDown();
    for (String path : paths) {
      if (!path.equals(leader)) {
        assertThat(ended(path).path("cache").asString()).isEqualTo("miss");
      }
    }
  }

  @Test
  void whereTheLeaderIsCancelledAnotherLeads() {
    CountDownLatch gate = site.hold("/cancelled");
    var paths = new ArrayList<>(submit(scrape("/cancelled")));
    String leader = awaitLeader(paths);
    awaitRequests("/cancelled", 1);
    assertThat(send("POST", leader + "/cancel", "").statusCode()).isEqualTo(202);
    assertThat(ended(leader).path("state").asString()).isEqualTo("cancelled");
    paths.remove(leader);
    String next = awaitLeader(paths);
    gate.countDown();
    for (String path : paths) {
      assertThat(ended(path).path("cache").asString())
          .isEqualTo(path.equals(next) ? "miss" : "joined");
    }
    assertThat(site.requests("/cancelled")).isEqualTo(2);
  }

  @Test
  void equalComputationsAreComputedOnce() {
    List<String> paths =
        submit(
            "{\"type\":\"compute\",\"params\":{\"function\":\"monte-carlo-pi\",\"input\":{\"seed\":77,\"samples\":20000000}}}");
    List<JsonNode> jobs = paths.stream().map(this::ended).toList();
    assertThat(jobs.stream().map(job -> job.path("result")))
        .containsOnly(jobs.getFirst().path("result"));
    assertThat(jobs.stream().map(job -> job.path("cache").asString()))
        .containsOnlyOnce("miss")
        .allMatch(use -> List.of("miss", "joined", "hit").contains(use));
  }
}
