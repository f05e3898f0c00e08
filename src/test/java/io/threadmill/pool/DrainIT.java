package io.threadmill.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.threadmill.ThreadmillApplication;
import io.threadmill.job.Draining;
import io.threadmill.job.JobId;
import io.threadmill.job.JobRequest;
import io.threadmill.job.JobSnapshot.Attempt;
import io.threadmill.job.JobState;
import io.threadmill.job.Jobs;
import io.threadmill.redis.RedisFixture;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/** What an instance does with its work when it is told to stop. */
@Timeout(120)
class DrainIT {

  private static ConfigurableApplicationContext instance() {
    return instance("0s");
  }

  private static ConfigurableApplicationContext instance(String grace) {
    return new SpringApplicationBuilder(ThreadmillApplication.class, WorkerIT.Config.class)
        .web(WebApplicationType.NONE)
        .run("--spring.data.redis.url=" + RedisFixture.uri(), "--threadmill.drain.grace=" + grace);
  }

  @Test
  void whatRunsIsHandedBackUncountedAndNewWorkIsRefused() throws Exception {
    RedisFixture.flush();
    ConfigurableApplicationContext first = instance();
    Jobs jobs = first.getBean(Jobs.class);
    var hang = JobRequest.of("behave", new JsonMapper().readTree("{\"does\":\"hang\"}"));
    JobId id = jobs.submit(hang, null).id();
    first.getBean(WorkerIT.Behaviour.class).entered(id).await();

    InstanceWorker worker = first.getBean(InstanceWorker.class);
    worker.stop();
    worker.stop();
    assertThat(jobs.find(id).orElseThrow().state()).isEqualTo(JobState.QUEUED);
    assertThat(jobs.find(id).orElseThrow().attempts())
        .extracting(Attempt::outcome)
        .containsExactly("released");
    assertThatThrownBy(() -> jobs.submit(hang, null)).isInstanceOf(Draining.class);
    first.close();

    try (ConfigurableApplicationContext second = instance()) {
      second.getBean(WorkerIT.Behaviour.class).entered(id).await();
      assertThat(second.getBean(Jobs.class).find(id).orElseThrow().attempts().getLast().number())
          .isEqualTo(2);
      second.getBean(Jobs.class).cancel(id);
    }
  }

  @Test
  void aCancelReachesWhatRunsWhileAnInstanceWaitsForIt() throws Exception {
    RedisFixture.flush();
    try (ConfigurableApplicationContext instance = instance("50s")) {
      Jobs jobs = instance.getBean(Jobs.class);
      var hang = JobRequest.of("behave", new JsonMapper().readTree("{\"does\":\"hang\"}"));
      JobId id = jobs.submit(hang, null).id();
      instance.getBean(WorkerIT.Behaviour.class).entered(id).await();

      InstanceWorker worker = instance.getBean(InstanceWorker.class);
      Thread stop = Thread.ofPlatform().start(worker::stop);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> stop.getState() == Thread.State.TIMED_WAITING && worker.status().draining());
      jobs.cancel(id);
      assertThat(stop.join(Duration.ofSeconds(20))).as("long before the grace is over").isTrue();
      assertThat(jobs.find(id).orElseThrow().state()).isEqualTo(JobState.CANCELLED);
    }
  }
}
