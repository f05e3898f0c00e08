package io.threadmill.web.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.job.JobContext;
import io.threadmill.job.JobHandler;
import io.threadmill.job.JobResult;
import io.threadmill.web.ServiceIT;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.JsonNode;

/** A batch whose results together are more than any reader may make the instance hold. */
@Timeout(120)
class LargeResultsIT extends ServiceIT {

  private static final int ROWS = 40;

  @TestConfiguration
  static class Large {
    @Bean
    JobHandler<Params> large() {
      return new Maker();
    }
  }

  record Params(int kib) {}

  /** Makes a JSON text of so many KiB. */
  static final class Maker implements JobHandler<Params> {
    @Override
    public String type() {
      return "large";
    }

    @Override
    public Class<Params> paramsType() {
      return Params.class;
    }

    @Override
    public String pool(Params params) {
      return "scrape";
    }

    @Override
    public JobResult run(Params params, JobContext context) {
      String text = "{\"text\":\"" + "x".repeat(params.kib() * 1024) + "\"}";
      return new JobResult.Done(
          JobResult.ResultBody.json(text.getBytes(StandardCharsets.UTF_8)),
          JobResult.CacheUse.BYPASS);
    }
  }

  private String ended(int rows, int kib) {
    String items = String.join(",", Collections.nCopies(rows, "{\"kib\":%d}".formatted(kib)));
    HttpResponse<String> answer =
        post("/v1/batches", "{\"type\":\"large\",\"items\":[%s]}".formatted(items));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    String path = answer.headers().firstValue("Location").orElseThrow();
    assertThat(ended(path).path("counts").path("succeeded").asInt()).isEqualTo(rows);
    return path;
  }

  @Test
  void aPageIsCutByBytesAndGoesOnByItsCursor() {
    String path = ended(ROWS, 1024);
    var read = new ArrayList<Integer>();
    int pages = 0;
    for (String next = ""; next != null; pages++) {
      String body = get(path + "/results?order=submitted&limit=1000" + next).body();
      assertThat(body.length()).isLessThan(5 * 1024 * 1024);
      JsonNode page = JSON.readTree(body);
      page.path("jobs")
          .forEach(job -> {
            read.add(job.path("index").asInt());
            assertThat(job.path("result").path("text").asString()).hasSize(1024 * 1024);
          });
      next = page.path("next").isNull() ? null : "&cursor=" + page.path("next").asString();
    }
    assertThat(read).containsExactlyElementsOf(IntStream.range(0, ROWS).boxed().toList());
    assertThat(pages).isGreaterThanOrEqualTo(ROWS / 4);
    assertThat(json(get(path + "/results?limit=1&cursor=c3")).path("jobs")).hasSize(1);
  }

  @Test
  void listsShowNoResultsAndStillTellTheirErrors() {
    String path = ended(3, 100);
    JsonNode rows = json(get("/v1/jobs?batch=" + path.substring(path.lastIndexOf('/') + 1)));
    assertThat(rows.path("jobs")).hasSize(3);
    rows.path("jobs")
        .forEach(row -> {
          assertThat(row.has("result")).isFalse();
          assertThat(row.path("state").asString()).isEqualTo("succeeded");
          assertThat(row.path("cache").asString()).isEqualTo("bypass");
        });
  }

  /** What it had not been sent when its batch went was not in the instance's memory either. */
  @Test
  void aReaderThatDoesNotReadHoldsLittleAndIsCutOffWhenItsBatchIsDeleted() throws IOException {
    String path = ended(ROWS, 1024);
    String last =
        json(get(path + "/results?order=submitted&cursor=s" + (ROWS - 1)))
            .path("jobs")
            .path(0)
            .path("id")
            .asString();
    try (var socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress("localhost", port));
      socket
          .getOutputStream()
          .write(
              "GET %s/results?order=submitted HTTP/1.1\r\nHost: localhost:%d\r\nAccept: application/x-ndjson\r\n\r\n"
                  .formatted(path, port)
                  .getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      assertThat(in.read()).as("the stream has begun").isEqualTo('H');
      assertThat(send("DELETE", path, "").statusCode()).isEqualTo(204);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> get("/v1/jobs/" + last).statusCode() == 404);
      String rest = rest(in);
      assertThat(rest.split("\"batchId\"", -1).length - 1)
          .as("rows that had been read for it")
          .isBetween(1, ROWS / 2);
      assertThat(rest).as("the last chunk of a whole answer").doesNotEndWith("0\r\n\r\n");
    }
  }

  /** What comes until the connection ends, be it by a reset. */
  private static String rest(InputStream in) {
    var all = new ByteArrayOutputStream();
    byte[] buffer = new byte[64 * 1024];
    try {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        all.write(buffer, 0, read);
      }
    } catch (IOException _) {
      // cut off
    }
    return all.toString(StandardCharsets.US_ASCII);
  }
}
