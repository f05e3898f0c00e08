package io.threadmill.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.Jobs;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** A service that takes no more says why, and when to come again. */
@TestPropertySource(properties = "threadmill.queue.max-jobs=1")
class SubmissionRefusedIT extends ServiceIT {

  private static final String LATER = "{\"type\":\"rehearse\",\"params\":{},\"delay\":\"1h\"}";

  @Autowired Jobs jobs;

  @Test
  void aFullBacklogAndAStopAreToldApart() {
    String first = post("/v1/jobs", LATER).headers().firstValue("Location").orElseThrow();
    assertRefused("backlog-full");
    send("POST", first + "/cancel", "");
    assertThat(post("/v1/jobs", LATER).statusCode()).isEqualTo(202);
    jobs.closeIntake();
    assertRefused("draining");
  }

  private void assertRefused(String slug) {
    for (HttpResponse<String> answer :
        List.of(
            post("/v1/jobs", LATER),
            post("/v1/batches", "{\"type\":\"rehearse\",\"delay\":\"1h\",\"items\":[{},{}]}"))) {
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
      assertThat(json(answer).path("type").asString()).isEqualTo("/problems/" + slug);
      assertThat(answer.headers().firstValueAsLong("Retry-After").orElseThrow()).isPositive();
    }
  }
}
