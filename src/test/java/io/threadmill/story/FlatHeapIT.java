package io.threadmill.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.redis.RedisFixture;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A batch that is larger than the heap of the instance that reads it and is read from. */
@Timeout(180)
class FlatHeapIT {

  private static final int ROWS = 20_000;

  /** Of one line; all are 400 MB, the service's heap is 256. */
  private static final int LINE = 20_000;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path folder;

  /** Lines none of which is an item, so that little of them has to be kept. */
  private static InputStream lines() {
    byte[] line = ("\"" + "x".repeat(LINE) + "\"\n").getBytes(StandardCharsets.US_ASCII);
    Iterator<InputStream> lines =
        IntStream.range(0, ROWS)
            .<InputStream>mapToObj(_ -> new ByteArrayInputStream(line))
            .iterator();
    return new SequenceInputStream(
        new Enumeration<>() {
          @Override
          public boolean hasMoreElements() {
            return lines.hasNext();
          }

          @Override
          public InputStream nextElement() {
            return lines.next();
          }
        });
  }

  @Test
  void linesLargerThanTheHeapComeInAndAllRowsAreReadThroughOneConnection() throws Exception {
    RedisFixture.flush();
    try (var service =
            ServiceProcess.start(folder, "--spring.data.redis.url=" + RedisFixture.uri());
        HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(service.url("/v1/batches?type=rehearse")))
                  .timeout(Duration.ofSeconds(120))
                  .header("Content-Type", "application/x-ndjson")
                  .POST(BodyPublishers.ofInputStream(FlatHeapIT::lines))
                  .build(),
              BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
      String path = answer.headers().firstValue("Location").orElseThrow();
      JsonNode batch = ServiceProcess.json(service.get(path));
      assertThat(batch.path("total").asInt()).isEqualTo(ROWS);
      assertThat(batch.path("counts").path("failed").asInt()).isEqualTo(ROWS);
      HttpResponse<InputStream> rows =
          http.send(
              HttpRequest.newBuilder(URI.create(service.url(path + "/results?order=submitted")))
                  .header("Accept", "application/x-ndjson")
                  .build(),
              BodyHandlers.ofInputStream());
      try (var in =
          new BufferedReader(new InputStreamReader(rows.body(), StandardCharsets.UTF_8))) {
        int read = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          JsonNode row = JSON.readTree(line);
          assertThat(row.path("index").asInt()).isEqualTo(read);
          read++;
          assertThat(row.path("error").path("line").asInt()).isEqualTo(read);
        }
        assertThat(read).isEqualTo(ROWS);
      }
    }
  }
}
