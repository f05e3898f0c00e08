package io.threadmill.web.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyList;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;

import io.threadmill.batch.BatchRepository;
import io.threadmill.batch.BatchRepository.Close;
import io.threadmill.job.JobId;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.web.ServiceIT;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
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

  /** Something is done to the batch behind the back of its upload, before its second chunk. */
  private void beforeTheSecondChunk(Consumer<JobId> done) {
    doAnswer(
            append -> {
              done.accept(append.getArgument(0));
              return append.callRealMethod();
            })
        .when(repository)
        .append(any(), any(), eq(2), anyList());
  }

  @Test
  void aBatchThatWasTakenForCutOffSaysSo() {
    beforeTheSecondChunk(id -> repository.close(id, Close.CUT));
    for (Supplier<HttpResponse<String>> upload :
        List.<Supplier<HttpResponse<String>>>of(() -> ndjson(400), () -> json(400, ""))) {
      HttpResponse<String> answer = upload.get();
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(408);
      JsonNode problem = json(answer);
      assertThat(problem.path("type").asString()).isEqualTo("/problems/batch-cut-off");
      String path = "/v1/batches/" + problem.path("batchId").asString();
      JsonNode batch = json(get(path));
      assertThat(batch.path("truncated").asBoolean()).isTrue();
      long written = batch.path("total").asLong();
      assertThat(written).isPositive().isLessThan(400);
      assertThat(problem.path("detail").asString()).contains("the first " + written + " items");
      post(path + "/cancel", ""); // makes room
      ended(path);
    }
  }

  @Test
  void itemsThatComeAfterACancelAreCancelledRows() {
    beforeTheSecondChunk(repository::cancel);
    HttpResponse<String> answer = ndjson(400);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    JsonNode batch = ended(answer.headers().firstValue("Location").orElseThrow());
    assertThat(batch.path("state").asString()).isEqualTo("cancelled");
    assertThat(batch.path("truncated").asBoolean()).isFalse();
    assertThat(batch.path("total").asLong()).isEqualTo(400);
    assertThat(batch.path("counts").path("cancelled").asLong()).isEqualTo(400);
  }
}
