package io.threadmill.redis;

import static io.threadmill.redis.QueueHarness.aJob;
import static io.threadmill.redis.QueueHarness.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.threadmill.job.JobQueue;
import io.threadmill.job.JobQueue.Recording;
import io.threadmill.job.JobQueue.Verdict;
import io.threadmill.job.StoreFault;
import io.threadmill.job.TakenJob;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.client.codec.StringCodec;

/** An ending that Redis answers with an error of its script. */
class RefusedEndingIT {

  private QueueHarness store;
  private JobQueue a;

  @BeforeEach
  void open() {
    store = new QueueHarness();
    a = store.instance("a");
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aDamagedRecordIsToldFromNoAnswer() {
    store.submit(aJob());
    store.submit(aJob());
    List<TakenJob> taken = store.take(a, 2);
    TakenJob bad = taken.getFirst();
    store.redisson.getBucket("{tm}:j:" + bad.id(), StringCodec.INSTANCE).set("Ap");
    List<Recording> group =
        taken.stream().map(job -> new Recording(job, done("{\"secret\":1}"), null)).toList();
    assertThatThrownBy(() -> a.record(group))
        .isInstanceOf(StoreFault.class)
        .hasMessageStartingWith("Redis did not carry out complete: ")
        .hasMessageContaining("user_script")
        .extracting(Throwable::getMessage)
        .asString()
        .doesNotContain("secret");
    assertThat(a.record(group.subList(1, 2))).containsExactly(Verdict.RECORDED);
  }
}
