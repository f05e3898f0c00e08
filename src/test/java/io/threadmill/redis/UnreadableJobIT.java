package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.aJob;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.CacheOptions;
import io.threadmill.job.JobId;
import io.threadmill.job.JobOptions;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobRepository.Filter;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobState;
import io.threadmill.job.TakenJob;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.redisson.api.RBucket;
import org.redisson.client.codec.ByteArrayCodec;

/** A job whose options cannot be read, taken together with others. */
class UnreadableJobIT {

  @Test
  void itEndsFailedAndItsNeighboursRun() {
    try (var store = new QueueHarness()) {
      JobQueue a = store.instance("a");
      var ids = new ArrayList<JobId>();
      for (int i = 0; i < 5; i++) {
        ids.add(store.submit(aJob().withOptions(odd())));
      }
      JobId bad = ids.get(2);
      damage(store, bad);

      List<TakenJob> taken = store.take(a, 10);
      assertThat(taken)
          .extracting(TakenJob::id)
          .containsExactly(ids.get(0), ids.get(1), ids.get(3), ids.get(4));
      JobSnapshot job = store.job(bad);
      assertThat(job.state()).isEqualTo(JobState.FAILED);
      assertThat(job.error().slug()).isEqualTo("unreadable-job");
      assertThat(job.attempts()).hasSize(1);
      assertThat(store.repository.list(new Filter(null, null, null), 10, null).jobs()).hasSize(5);
      assertThat(a.beat(taken)).isEmpty();
    }
  }

  private static JobOptions odd() {
    return new JobOptions(CacheOptions.DEFAULT, "somebody", null, null);
  }

  private static void damage(QueueHarness store, JobId id) {
    RBucket<byte[]> bucket = store.redisson.getBucket("{tm}:j:" + id, ByteArrayCodec.INSTANCE);
    String record = new String(bucket.get(), ISO_8859_1); // a character a byte
    assertThat(record).contains("{\"cache");
    bucket.set(record.replace("{\"cache", "!\"cache").getBytes(ISO_8859_1));
  }
}
