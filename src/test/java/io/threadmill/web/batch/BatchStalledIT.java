package io.threadmill.web.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.web.ServiceIT;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** An upload of which nothing more comes, though its connection stands. */
@TestPropertySource(properties = "server.tomcat.connection-timeout=1s")
class BatchStalledIT extends ServiceIT {

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anUploadThatStallsIsToldWhichBatchHoldsWhatCame(boolean atomic) throws IOException {
    try (var socket = new Socket("localhost", port)) {
      OutputStream out = socket.getOutputStream();
      String head =
          "POST /v1/batches?type=rehearse&atomic=%s HTTP/1.1\r\nHost: localhost:%d\r\n"
                  .formatted(atomic, port)
              + "Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n{}\n{}\n{\"re";
      out.write(head.getBytes(StandardCharsets.UTF_8));
      out.flush();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer)
          .startsWith("HTTP/1.1 408 ")
          .containsIgnoringCase("Content-Type: application/problem+json");
      JsonNode problem =
          JSON.readTree(answer.substring(answer.indexOf('{'), answer.lastIndexOf('}') + 1));
      assertThat(problem.path("type").asString()).isEqualTo("/problems/batch-cut-off");
      JsonNode batch = ended("/v1/batches/" + problem.path("batchId").asString());
      assertThat(batch.path("truncated").asBoolean()).isTrue();
      assertThat(batch.path("total").asInt()).isEqualTo(2);
      assertThat(batch.path("counts").path(atomic ? "cancelled" : "succeeded").asInt())
          .isEqualTo(2);
    }
  }
}
