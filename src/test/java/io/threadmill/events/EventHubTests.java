package io.threadmill.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.threadmill.job.JobId;
import io.threadmill.job.TooManyWaiting;
import java.time.Duration;
import java.util.ArrayList;
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

  private static final JobId MINE = new JobId("0".repeat(26));
  private static final JobId OTHER = new JobId("1".repeat(26));
  private static final Duration SOON = Duration.ofSeconds(20);

  @Test
  void oneReaderServesAllFollowersAndNoneIsServedWhatIsAnothers() throws Exception {
    var log = new FakeLog();
    var hub = new EventHub(log);
    hub.start();
    try {
      var mine = new ArrayList<JobEvents.Follower>();
      for (int i = 0; i < 200; i++) {
        mine.add(hub.follow(MINE));
      }
      try (var other = hub.follow(OTHER)) {
        log.add(OTHER);
        String sequence = log.add(MINE);
        for (JobEvents.Follower follower : mine) {
          assertThat(follower.next(SOON)).extracting(JobEvent::sequence).isEqualTo(sequence);
        }
        assertThat(other.next(SOON)).extracting(JobEvent::id).isEqualTo(OTHER);
      }
      mine.forEach(JobEvents.Follower::close);
      assertThat(log.readers).containsExactly("events-reader");
    } finally {
      hub.stop();
    }
  }

  @Test
  void aReaderThatTheLogHasLeftBehindTellsOfAGapAndGoesOn() throws Exception {
    var log = new FakeLog();
    log.add(OTHER);
    var hub = new EventHub(log);
    // The mine among them is trimmed before the reader, which stood before them, comes to read.
    log.beforeReading =
        () -> {
          log.add(MINE);
          log.add(OTHER, 2000);
          log.trimTo(1500);
        };
    try (JobEvents.Follower follower = hub.follow(MINE)) {
      hub.start();
      assertThat(follower.next(SOON)).extracting(JobEvent::kind).isEqualTo(JobEvent.Kind.GAP);
      String sequence = log.add(MINE);
      assertThat(follower.next(SOON)).extracting(JobEvent::sequence).isEqualTo(sequence);
    } finally {
      hub.stop();
    }
  }

  @Test
  void aReaderThatIsOnlyLateMissesNothing() throws Exception {
    var log = new FakeLog();
    log.add(OTHER);
    var hub = new EventHub(log);
    log.beforeReading =
        () -> {
          log.add(OTHER, 1200);
          log.add(MINE);
        };
    try (JobEvents.Follower follower = hub.follow(MINE)) {
      hub.start();
      assertThat(follower.next(SOON)).extracting(JobEvent::kind).isEqualTo(JobEvent.Kind.STATE);
    } finally {
      hub.stop();
    }
  }

  @Test
  void aReplayTellsOfWhatIsNotKeptEvenWhereItIsTrimmedWhileItIsRead() {
    var log = new FakeLog();
    var hub = new EventHub(log);
    String first = log.add(MINE);
    log.add(OTHER, 10);
    String last = log.add(MINE);
    assertThat(hub.replay(MINE, first))
        .satisfies(replay -> assertThat(replay.gap()).isFalse())
        .satisfies(replay ->
            assertThat(replay.events()).extracting(JobEvent::sequence).containsExactly(last));
    log.beforeReading = () -> log.trimTo(1);
    assertThat(hub.replay(MINE, first).gap()).isTrue();
    assertThat(hub.replay(MINE, last).gap()).isFalse();
  }

  @Test
  void oneFollowerTooManyIsRefusedAndOneThatLeavesMakesRoom() {
    var hub = new EventHub(new FakeLog());
    var all = new ArrayList<JobEvents.Follower>();
    for (int i = 0; i < EventHub.MOST_FOLLOWERS; i++) {
      all.add(hub.follow(MINE));
    }
    assertThatThrownBy(() -> hub.follow(OTHER)).isInstanceOf(TooManyWaiting.class);
    all.getFirst().close();
    all.getFirst().close();
    hub.follow(OTHER);
    assertThatThrownBy(() -> hub.follow(OTHER)).isInstanceOf(TooManyWaiting.class);
  }
}
