package io.threadmill.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.JobError;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSnapshot.StoredResult;
import io.threadmill.job.JobState;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EventBodyTests {

  private final JsonMapper mapper = JsonMapper.builder().build();
  private final EventBody bodies = new EventBody(mapper);

  private JsonNode told(DeliveryParams end, JobSnapshot job) {
    byte[] body = bodies.of(Ended.DELIVERY, end, job);
    assertThat(body.length).as("receivers want small bodies").isLessThan(24 * 1024);
    return mapper.readTree(body);
  }

  @Test
  void aJobsEndIsACloudEvent() {
    JsonNode event = told(Ended.job("succeeded", 1), Ended.succeeded("{\"title\":\"Tea\"}"));
    assertThat(event)
        .hasToString(
            "{\"specversion\":\"1.0\",\"id\":\"01m8708jpq00000003bttndz92\",\"source\":\"/v1/jobs\","
                + "\"type\":\"io.threadmill.job.succeeded\",\"subject\":\"01m8708jpq00000001bttndz92\","
                + "\"time\":\"2026-11-24T14:44:52.562Z\",\"datacontenttype\":\"application/json\","
                + "\"data\":{\"id\":\"01m8708jpq00000001bttndz92\",\"type\":\"scrape\","
                + "\"state\":\"succeeded\",\"run\":1,\"finishedAt\":\"2026-11-24T14:44:52.562Z\","
                + "\"href\":\"/v1/jobs/01m8708jpq00000001bttndz92\",\"attempt\":1,\"template\":null,"
                + "\"batchId\":null,\"index\":null,\"tags\":[\"nightly\"],"
                + "\"createdAt\":\"2026-11-24T14:44:50.562Z\",\"startedAt\":\"2026-11-24T14:44:51.562Z\","
                + "\"result\":{\"title\":\"Tea\"},\"error\":null}}");
  }

  @Test
  void aLargeOrBinaryResultIsToldByItsPlace() {
    JsonNode large =
        told(Ended.job("succeeded", 1), Ended.succeeded("\"" + "x".repeat(16 * 1024) + "\""));
    assertThat(large.path("data").path("result"))
        .hasToString(
            "{\"mediaType\":\"application/json\",\"bytes\":16386,"
                + "\"href\":\"/v1/jobs/01m8708jpq00000001bttndz92/result\"}");
    JsonNode image =
        told(
            Ended.job("succeeded", 1),
            Ended.job(
                JobState.SUCCEEDED, new StoredResult("image/png", 70_000, null, "o:1"), null));
    assertThat(image.path("data").path("result").path("mediaType").asString())
        .isEqualTo("image/png");
  }

  @Test
  void aFailureIsToldWithItsProblem() {
    JobError error =
        JobError.terminal("http-status", "The site answered", "It said 404.")
            .with("upstreamStatus", 404);
    JsonNode data =
        told(Ended.job("failed", 1), Ended.job(JobState.FAILED, null, error)).path("data");
    assertThat(data.path("error"))
        .hasToString(
            "{\"type\":\"/problems/http-status\",\"title\":\"The site answered\","
                + "\"detail\":\"It said 404.\",\"retryable\":false,\"upstreamStatus\":404}");
    assertThat(data.path("result").isNull()).isTrue();
    JobError vast = error.with("errors", "x".repeat(8000));
    data = told(Ended.job("failed", 1), Ended.job(JobState.FAILED, null, vast)).path("data");
    assertThat(data.path("error").has("errors")).isFalse();
    assertThat(data.path("error").path("detail").asString()).isEqualTo("It said 404.");
  }

  @Test
  void paramsAreNeverTold() {
    JsonNode event = told(Ended.job("succeeded", 1), Ended.succeeded("1"));
    assertThat(event.toString()).doesNotContain("s3cret").doesNotContain("params");
  }

  @Test
  void whatIsGoneOrRunsAgainTellsOnlyThatItEnded() {
    JobSnapshot other = Ended.succeeded("1");
    for (JsonNode event :
        new JsonNode[] {told(Ended.job("failed", 1), null), told(Ended.job("failed", 2), other)}) {
      assertThat(event.path("type").asString()).isEqualTo("io.threadmill.job.failed");
      assertThat(event.path("data").path("state").asString()).isEqualTo("failed");
      assertThat(event.path("data").has("result")).isFalse();
      assertThat(event.path("data").has("error")).as("unknown is not null").isFalse();
    }
  }

  @Test
  void aBatchsEndTellsItsCounts() {
    JsonNode event = told(Ended.batch("failed"), null);
    assertThat(event.path("type").asString()).isEqualTo("io.threadmill.batch.finished");
    assertThat(event.path("subject").asString()).isEqualTo(Ended.BATCH.value());
    assertThat(event.path("data").path("state").asString()).isEqualTo("finished");
    assertThat(event.path("data").path("total").asInt()).isEqualTo(3);
    assertThat(event.path("data").path("counts").path("failed").asInt()).isEqualTo(1);
    assertThat(told(Ended.batch("cancelled"), null).path("type").asString())
        .isEqualTo("io.threadmill.batch.cancelled");
  }
}
