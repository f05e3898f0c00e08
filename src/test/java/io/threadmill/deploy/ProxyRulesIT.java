package io.threadmill.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** What the proxy's configuration promises, seen from instances that misbehave. */
@Timeout(60)
class ProxyRulesIT {

  @TempDir Path folder;

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
    }
  }

  private static HttpRequest.Builder post(HaproxyProcess proxy) {
    return HttpRequest.newBuilder(proxy.url("/v1/jobs")).POST(BodyPublishers.ofString("{}"));
  }

  @Test
  void theConfigurationIsValid() {
    var checked =
        Tool.run(
            folder.resolve("check.log"),
            Map.of("THREADMILL_1", "127.0.0.1:1", "THREADMILL_2", "127.0.0.1:2"),
            List.of(Tool.named("haproxy").toString(), "-c", "-f", "deploy/haproxy/haproxy.cfg"));
    assertThat(checked.code()).as(checked.output()).isZero();
    assertThat(checked.output()).doesNotContain("WARNING").contains("valid");
  }

  @Test
  void aPostThatMayHaveArrivedIsNotSentAgain() throws Exception {
    try (var one = RawInstance.breakingOff();
        var other = RawInstance.breakingOff();
        var proxy = HaproxyProcess.start(folder, one.port(), other.port())) {
      HttpResponse<String> answer = send(post(proxy));
      assertThat(answer.statusCode()).isEqualTo(502);
      assertProblem(answer);
      assertThat(one.calls().size() + other.calls().size()).isEqualTo(1);
    }
  }

  /** In one packet: only what it has whole could the proxy send again. */
  @Test
  void aPostInOnePacketIsNotSentAgainEither() throws Exception {
    try (var one = RawInstance.breakingOff();
        var other = RawInstance.breakingOff();
        var proxy = HaproxyProcess.start(folder, one.port(), other.port());
        var socket = new Socket(InetAddress.getLoopbackAddress(), proxy.url("/").getPort())) {
      String call =
          "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
      socket.getOutputStream().write(call.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 502 ");
      assertThat(one.calls().size() + other.calls().size()).isEqualTo(1);
    }
  }

  @Test
  void aReadIsSentToTheOtherInstance() throws Exception {
    try (var one = RawInstance.breakingOff();
        var other = RawInstance.answering(200);
        var proxy = HaproxyProcess.start(folder, one.port(), other.port())) {
      for (int i = 0; i < 4; i++) {
        assertThat(send(HttpRequest.newBuilder(proxy.url("/v1/jobs"))).statusCode()).isEqualTo(200);
      }
      assertThat(one.calls()).isNotEmpty();
    }
  }

  @Test
  void aPostThatCouldNotBeSentGoesToTheOtherInstance() throws Exception {
    int closed = HaproxyProcess.freePort();
    try (var other = RawInstance.answering(200);
        var proxy = HaproxyProcess.start(folder, closed, other.port())) {
      for (int i = 0; i < 4; i++) {
        assertThat(send(post(proxy)).statusCode()).isEqualTo(200);
      }
      assertThat(other.calls()).hasSize(4);
    }
  }

  @Test
  void anInstanceThatIsNotReadyGetsNothing() throws Exception {
    try (var one = RawInstance.answering(503);
        var other = RawInstance.answering(200);
        var proxy = HaproxyProcess.start(folder, one.port(), other.port())) {
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> proxy.log().contains("threadmill-1 is DOWN"));
      for (int i = 0; i < 6; i++) {
        assertThat(send(post(proxy)).statusCode()).isEqualTo(200);
      }
      assertThat(proxy.health()).isEqualTo(200);
    }
  }

  @Test
  void withoutAnInstanceTheAnswerIsAProblemThatSaysWhenToComeAgain() throws Exception {
    try (var proxy =
        HaproxyProcess.start(folder, HaproxyProcess.freePort(), HaproxyProcess.freePort())) {
      await().atMost(Duration.ofSeconds(20)).until(() -> proxy.health() == 503);
      HttpResponse<String> answer = send(post(proxy));
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("2");
      assertProblem(answer);
    }
  }

  @Test
  void aClientCannotSpeakForTheProxy() throws Exception {
    try (var one = RawInstance.answering(200);
        var other = RawInstance.answering(200);
        var proxy = HaproxyProcess.start(folder, one.port(), other.port())) {
      send(
          HttpRequest.newBuilder(proxy.url("/v1/jobs"))
              .headers(
                  "X-Forwarded-For", "192.0.2.1",
                  "X-Forwarded-Host", "evil.example",
                  "X-Forwarded-Proto", "gopher",
                  "X-Real-IP", "192.0.2.1",
                  "Forwarded", "host=evil.example"));
      String head = one.calls().isEmpty() ? other.calls().getFirst() : one.calls().getFirst();
      assertThat(head.toLowerCase(Locale.ROOT))
          .doesNotContain("evil", "gopher", "192.0.2.1", "x-real-ip")
          .contains("x-forwarded-for: 127.0.0.1\n", "x-forwarded-proto: http\n");
    }
  }

  private static void assertProblem(HttpResponse<String> answer) {
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    var problem = JsonMapper.shared().readTree(answer.body());
    assertThat(problem.path("status").asInt()).isEqualTo(answer.statusCode());
    assertThat(problem.path("type").asString()).isEqualTo("about:blank");
    assertThat(problem.path("detail").asString()).isNotEmpty();
  }
}
