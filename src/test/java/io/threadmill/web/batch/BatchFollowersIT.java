package io.threadmill.web.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mockingDetails;

import io.threadmill.batch.BatchRepository;
import io.threadmill.web.ServiceIT;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

/** However many follow a batch on one instance, Redis is asked about as often as for one. */
@Timeout(120)
class BatchFollowersIT extends ServiceIT {

  private static final int FOLLOWERS = 50;

  private static final Set<String> READS = Set.of("find", "rows");

  @MockitoSpyBean private BatchRepository repository;

  private long reads() {
    return mockingDetails(repository).getInvocations().stream()
        .filter(call -> READS.contains(call.getMethod().getName()))
        .count();
  }

  @Test
  void fiftyFollowersAskRedisAsOneDoes() throws Exception {
    String items =
        IntStream.range(0, 12)
            .mapToObj(i -> "{\"wait\":\"%dms\"}".formatted(3000 + 300 * i))
            .collect(Collectors.joining(","));
    String path =
        post("/v1/batches", "{\"type\":\"rehearse\",\"items\":[%s]}".formatted(items))
            .headers()
            .firstValue("Location")
            .orElseThrow();
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      var streams = new ArrayList<Future<String>>();
      for (int i = 0; i < FOLLOWERS; i++) {
        boolean lines = i % 2 == 0;
        streams.add(
            clients.submit(() ->
                lines
                    ? get(path + "/results", "Accept", "application/x-ndjson").body()
                    : get(path + "/events").body()));
      }
      for (int i = 0; i < FOLLOWERS; i++) {
        String body = streams.get(i).get();
        String each = i % 2 == 0 ? "\"cursor\"" : "event: job";
        assertThat(body.split(each, -1)).hasSize(13);
      }
    }
    // One when each comes, then a handful for each of the twelve ends and each quiet moment.
    assertThat(reads()).isLessThan(FOLLOWERS + 12 * 6 + 30);
  }
}
