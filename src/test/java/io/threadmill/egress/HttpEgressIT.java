package io.threadmill.egress;

import static io.threadmill.egress.Doors.get;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpEgressIT {

  private final HttpEgress door = Doors.local();

  @AfterEach
  void close() {
    door.close();
  }

  @Test
  void aPageArrivesWithHeadersBodyAndTimings() throws Exception {
    try (RawOrigin origin =
        RawOrigin.answering(
            "HTTP/1.1 203 x\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 5\r\n\r\nhello")) {
      Fetched page = (Fetched) door.fetch(get("http://Shop.Example:" + origin.port() + "/p?q=1#f"));
      assertThat(page.status()).isEqualTo(203);
      assertThat(page.body()).asString(StandardCharsets.UTF_8).isEqualTo("hello");
      assertThat(page.headers()).contains(new Header("X-A", "1"), new Header("x-a", "2"));
      assertThat(page.header("content-LENGTH")).isEqualTo("5");
      assertThat(page.target().hostPort()).isEqualTo("shop.example:" + origin.port());
      assertThat(page.redirects()).isEmpty();
      Timings t = page.timings();
      assertThat(t.totalMs()).isBetween(t.ttfbMs() + t.downloadMs() - 1, 20_000L);
      assertThat(t.ttfbMs()).isGreaterThanOrEqualTo(t.dnsMs() + t.connectMs());
      assertThat(origin.heads).hasSize(1);
      assertThat(origin.heads.getFirst())
          .startsWith("GET /p?q=1 HTTP/1.1\r\n")
          .contains("\r\nHost: shop.example:" + origin.port() + "\r\n")
          .contains("\r\nUser-Agent: Threadmill/test (+https://example.com)\r\n")
          .doesNotContainIgnoringCase("accept-encoding")
          .doesNotContainIgnoringCase("upgrade")
          .doesNotContainIgnoringCase("cookie");
    }
  }

  @Test
  void theCallersHeadersAndBodyAreSentAsTheyAre() throws Exception {
    CompletableFuture<String> body = new CompletableFuture<>();
    try (RawOrigin origin =
        RawOrigin.start(talk -> {
          talk.head();
          body.complete(talk.body(4));
          talk.send(RawOrigin.ok("x"));
        })) {
      FetchOutcome outcome =
          door.fetch(
              new FetchRequest(
                  origin.url("/"),
                  "post",
                  List.of(
                      new Header("user-agent", "mine"),
                      new Header("X-Twice", "1"),
                      new Header("X-Twice", "2"),
                      new Header("Accept-Encoding", "gzip")),
                  "a=\u00e9".getBytes(StandardCharsets.UTF_8),
                  Doors.SOON,
                  10,
                  0,
                  HopGate.OPEN));
      assertThat(outcome).isInstanceOf(Fetched.class);
      assertThat(body.get(20, TimeUnit.SECONDS)).isEqualTo("a=\u00c3\u00a9");
      assertThat(origin.heads.getFirst())
          .startsWith("POST / HTTP/1.1")
          .contains("user-agent: mine", "X-Twice: 1", "X-Twice: 2", "Accept-Encoding: gzip")
          .contains("Content-Length: 4")
          .doesNotContain("Threadmill");
    }
  }

  @Test
  void contentEncodingIsLeftAlone() throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write("hello".getBytes(StandardCharsets.UTF_8));
    }
    try (RawOrigin origin =
        RawOrigin.start(talk -> {
          talk.head();
          talk.send(
              "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
                  .formatted(packed.size()));
          talk.send(packed.toByteArray());
        })) {
      Fetched page = (Fetched) door.fetch(get(origin.url("/")));
      assertThat(page.body()).isEqualTo(packed.toByteArray());
      assertThat(page.header("Content-Encoding")).isEqualTo("gzip");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16_383, 16_384, 16_385, 100_000, 1 << 20})
  void bodiesOfEverySizeUpToTheLimitArriveWhole(int size) throws Exception {
    String body = "x".repeat(size);
    try (RawOrigin counted = RawOrigin.answering(RawOrigin.ok(body));
        RawOrigin chunked =
            RawOrigin.answering(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + (size == 0 ? "" : "%x\r\n%s\r\n".formatted(size, body))
                    + "0\r\n\r\n")) {
      for (RawOrigin origin : List.of(counted, chunked)) {
        Fetched page = (Fetched) door.fetch(get(origin.url("/")));
        assertThat(page.body()).hasSize(size);
      }
    }
  }

  @Test
  void pathsAreSentByteForByte() throws Exception {
    try (RawOrigin origin = RawOrigin.answering(RawOrigin.ok(""))) {
      for (String path : List.of("//x//y", "/web/http://a.b/", "/a%2Fb?c=%20&d", "/?", "/;p=1")) {
        assertThat(door.fetch(get("http://a_b.example:" + origin.port() + path)))
            .as(path)
            .isInstanceOf(Fetched.class);
        assertThat(origin.heads.getLast()).startsWith("GET " + path + " HTTP/1.1\r\n");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void aResponseWithoutBodyIsComplete(int status) throws Exception {
    try (RawOrigin origin = RawOrigin.answering("HTTP/1.1 " + status + " x\r\n\r\n")) {
      Fetched page = (Fetched) door.fetch(get(origin.url("/")));
      assertThat(page.status()).isEqualTo(status);
      assertThat(page.body()).isEmpty();
    }
  }

  @Test
  void aConnectionIsUsedAgain() throws Exception {
    try (RawOrigin origin = RawOrigin.answering(RawOrigin.ok("hello"))) {
      for (int i = 0; i < 5; i++) {
        assertThat(door.fetch(get(origin.url("/" + i)))).isInstanceOf(Fetched.class);
      }
      assertThat(origin.heads).hasSize(5);
      assertThat(origin.accepted()).isEqualTo(1);
    }
  }

  @Test
  void aBadUrlIsAnsweredNotThrown() {
    assertThat(door.fetch(get("gopher://x/")))
        .isEqualTo(
            new Failed(
                FetchFailure.INVALID_URL,
                "the URL must start with http:// or https:// and a host",
                false));
  }

  @Test
  void interruptionAbortsTheExchange() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    try (RawOrigin origin =
        RawOrigin.start(talk -> {
          talk.head();
          reading.countDown();
          talk.stall();
        })) {
      CompletableFuture<FetchOutcome> outcome = new CompletableFuture<>();
      AtomicBoolean stillSet = new AtomicBoolean();
      Thread fetching =
          Thread.ofVirtual()
              .start(() -> {
                FetchOutcome answer = door.fetch(get(origin.url("/"), Duration.ofMinutes(1)));
                stillSet.set(Thread.currentThread().isInterrupted());
                outcome.complete(answer);
              });
      assertThat(reading.await(20, TimeUnit.SECONDS)).isTrue();
      fetching.interrupt();
      assertThat(outcome.get(20, TimeUnit.SECONDS))
          .isEqualTo(new Failed(FetchFailure.CANCELLED, "the fetch was cancelled", false));
      assertThat(stillSet).isTrue();
    }
  }

  @Test
  void closingTheDoorCancelsWhatIsRunningAndWhatComesLater() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    try (RawOrigin origin =
        RawOrigin.start(talk -> {
          talk.head();
          reading.countDown();
          talk.stall();
        })) {
      CompletableFuture<FetchOutcome> outcome =
          CompletableFuture.supplyAsync(
              () -> door.fetch(get(origin.url("/"), Duration.ofMinutes(1))),
              Thread.ofVirtual()::start);
      assertThat(reading.await(20, TimeUnit.SECONDS)).isTrue();
      door.close();
      assertThat(((Failed) outcome.get(20, TimeUnit.SECONDS)).reason())
          .isEqualTo(FetchFailure.CANCELLED);
      assertThat(((Failed) door.fetch(get(origin.url("/")))).reason())
          .isEqualTo(FetchFailure.CANCELLED);
      assertThat(origin.accepted()).isEqualTo(1);
    }
  }
}
