package io.threadmill.web.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.web.ServiceIT;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** JSON batches that come at once share what may be in memory. */
class BatchAtOnceIT extends ServiceIT {

  private static final String SMALL = "{\"type\":\"rehearse\",\"items\":[{}]}";

  @Autowired private BodyBudget budget;

  /** Bodies that fill what there is for large ones, as two slow uploads do. */
  private InputStream full() throws IOException {
    InputStream held =
        budget.count(new ByteArrayInputStream(new byte[32 * 1024 * 1024 + BodyBudget.BEGINNING]));
    held.readAllBytes();
    return held;
  }

  @Test
  void tenSmallBatchesAtOnceAreAllTakenWhateverLargeOnesAreBeingRead() throws Exception {
    try (InputStream _ = full();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var calls = new ArrayList<Callable<HttpResponse<String>>>();
      for (int i = 0; i < 10; i++) {
        calls.add(() -> post("/v1/batches", SMALL));
      }
      for (var answer : threads.invokeAll(calls)) {
        assertThat(answer.get().statusCode()).as(answer.get().body()).isEqualTo(202);
      }
    }
  }

  @Test
  void aLargeBatchIsRefusedWhileOthersFillTheBudgetAndTakenAfterwards() throws IOException {
    String large = SMALL + " ".repeat(2 * BodyBudget.BEGINNING);
    try (InputStream _ = full()) {
      HttpResponse<String> refused = post("/v1/batches", large);
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
      assertThat(json(refused).path("type").asString()).isEqualTo("/problems/overloaded");
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    }
    assertThat(post("/v1/batches", large).statusCode()).isEqualTo(202);
  }
}
