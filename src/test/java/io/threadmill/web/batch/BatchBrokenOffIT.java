package io.threadmill.web.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyList;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doThrow;

import io.threadmill.batch.BatchRepository;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.web.ServiceIT;
import java.net.http.HttpResponse;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;
import tools.jackson.databind.JsonNode;

/** A body of which only the first rows could be written: the answer names the batch they are in. */
@TestPropertySource(properties = "threadmill.queue.max-jobs=600")
class BatchBrokenOffIT extends ServiceIT {

  @MockitoSpyBean private BatchRepository repository;

  private HttpResponse<String> json(int items, String query) {
    String all = String.join(",", Collections.nCopies(items, "{}"));
    return post(
        "/v1/batches" + query,
        "{\"type\":\"rehearse\",\"delay\":\"1h\",\"items\":[%s]}".formatted(all));
  }

  private HttpResponse<String> ndjson(int lines) {
    send(
        "PUT",
        "/v1/templates/later",
        "{\"type\":\"rehearse\",\"delay\":\"1h\"}",
        "Content-Type",
        "application/json");
    return send(
        "POST",
        "/v1/batches?template=later",
        "{}\n".repeat(lines),
        "Content-Type",
        "application/x-ndjson");
  }

  private void assertKept(HttpResponse<String> answer, String type) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    JsonNode problem = json(answer);
    assertThat(problem.path("type").asString()).isEqualTo("/problems/" + type);
    String path = "/v1/batches/" + problem.path("batchId").asString();
    long written = json(get(path)).path("total").asLong();
    assertThat(written).isPositive();
    assertThat(problem.path("detail").asString()).contains("the first " + written + " ");
    post(path + "/cancel", ""); // makes room
    assertThat(ended(path).path("counts").path("cancelled").asLong()).isEqualTo(written);
  }

  @Test
  void aFullBacklogKeepsTheRowsBefore() {
    assertKept(json(1200, ""), "backlog-full");
    assertKept(ndjson(1200), "backlog-full");
  }

  @Test
  void ofAnAtomicBatchNothingIsKept() {
    HttpResponse<String> answer = json(1200, "?atomic=true");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(json(answer).path("detail").asString()).contains("nothing was written");
    assertThat(json(answer).has("batchId")).isFalse();
  }

  @Test
  void redisAwayHalfWayKeepsTheRowsBefore() {
    doThrow(new StoreUnavailable("Redis did not answer", new IllegalStateException()))
        .when(repository)
        .append(any(), any(), eq(2), anyList());
    assertKept(ndjson(400), "store-unavailable");
  }
}
