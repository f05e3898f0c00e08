package io.threadmill.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.JobId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventHubTests {

  @Test
  void followersDoNotWaitForEachOtherWhileTheLogIsSlow() throws Exception {
    var asking = new CountDownLatch(2);
    var hub =
        new EventHub(
            new EventLog() {
              @Override
              public List<JobEvent> after(String sequence, int limit, Duration wait) {
                return List.of();
              }

              /** Answers once two ask at the same time. */
              @Override
              public String newest() {
                asking.countDown();
                try {
                  return asking.await(20, TimeUnit.SECONDS) ? "1-0" : "0-0";
                } catch (InterruptedException interrupted) {
                  throw new IllegalStateException(interrupted);
                }
              }

              @Override
              public Optional<String> oldest() {
                return Optional.empty();
              }
            });
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      var one = clients.submit(() -> hub.follow(new JobId("0".repeat(26))));
      var other = clients.submit(() -> hub.follow(new JobId("1".repeat(26))));
      one.get(10, TimeUnit.SECONDS).close();
      other.get(10, TimeUnit.SECONDS).close();
      assertThat(asking.getCount()).isZero();
    } finally {
      hub.stop();
    }
  }
}
