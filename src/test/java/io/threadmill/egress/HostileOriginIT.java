package io.threadmill.egress;

import static io.threadmill.egress.Doors.get;
import static io.threadmill.egress.FetchFailure.CONNECTION_LOST;
import static io.threadmill.egress.FetchFailure.CONNECT_FAILED;
import static io.threadmill.egress.FetchFailure.PROTOCOL_ERROR;
import static io.threadmill.egress.FetchFailure.TIMED_OUT;
import static io.threadmill.egress.FetchFailure.TLS_FAILED;
import static io.threadmill.egress.FetchFailure.TOO_LARGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.threadmill.egress.RawOrigin.Script;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers that break the rules: each ends in one clear failure, in time. */
class HostileOriginIT {

  private static final Duration SHORT = Duration.ofMillis(400);

  private final HttpEgress door = Doors.local();

  @AfterEach
  void close() {
    door.close();
  }

  static Stream<Arguments> endless() {
    return Stream.of(
        script("accepts and says nothing", RawOrigin.Talk::stall),
        script(
            "reads and says nothing",
            talk -> {
              talk.head();
              talk.stall();
            }),
        script("drips its status line", talk -> talk.dripForever("H")),
        script(
            "drips its headers",
            talk -> {
              talk.send("HTTP/1.1 200 OK\r\n");
              talk.dripForever("X-A: b\r\n");
            }),
        script(
            "stalls within the headers",
            talk -> {
              talk.send("HTTP/1.1 200 OK\r\nX-A: ");
              talk.stall();
            }),
        script(
            "stalls after the headers",
            talk -> {
              talk.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
              talk.stall();
            }),
        script(
            "drips its body",
            talk -> {
              talk.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
              talk.dripForever("x");
            }),
        script(
            "drips its chunks",
            talk -> {
              talk.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              talk.dripForever("1\r\nx\r\n");
            }),
        script(
            "never ends its trailers",
            talk -> {
              talk.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
              talk.dripForever("X: y\r\n");
            }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("endless")
  void theDeadlineEndsWhatDoesNot(String name, Script script) throws Exception {
    try (RawOrigin origin = RawOrigin.start(script)) {
      long start = System.nanoTime();
      Failed failed = (Failed) door.fetch(get(origin.url("/"), SHORT));
      assertThat(failed.reason()).isEqualTo(TIMED_OUT);
      assertThat(failed.retryable()).isTrue();
      assertThat(failed.detail()).contains("400 ms").contains("127.0.0.1:" + origin.port());
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(SHORT, SHORT.plusSeconds(10));
    }
  }

  @Test
  void theDeadlineEndsATlsHandshake() throws Exception {
    try (RawOrigin origin = RawOrigin.start(RawOrigin.Talk::stall)) {
      Failed failed = (Failed) door.fetch(get("https://127.0.0.1:" + origin.port() + "/", SHORT));
      assertThat(failed.reason()).isEqualTo(TIMED_OUT);
    }
  }

  @Test
  void theDeadlineHoldsOverAllHopsTogether() throws Exception {
    try (RawOrigin origin =
        RawOrigin.start(talk -> {
          String head = talk.head();
          int hop = Integer.parseInt(head.substring(5, head.indexOf(' ', 5)));
          if (hop < 4) {
            talk.send(RawOrigin.redirect(302, "/" + (hop + 1)));
          } else {
            talk.stall();
          }
        })) {
      // Room for five connections on a busy machine; each alone would have as long again.
      Failed failed = (Failed) door.fetch(get(origin.url("/0"), Duration.ofSeconds(3)));
      assertThat(failed.reason()).isEqualTo(TIMED_OUT);
      assertThat(origin.accepted()).isEqualTo(5);
    }
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", CONNECTION_LOST),
        answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", CONNECTION_LOST),
        answer(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", CONNECTION_LOST),
        answer("HTTP/1.1 200 OK\r\nX-A: b\r\n", CONNECTION_LOST),
        answer("HTTP/1.1 200", CONNECTION_LOST),
        answer("", CONNECTION_LOST),
        answer(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n", PROTOCOL_ERROR),
        answer(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n", PROTOCOL_ERROR),
        answer(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
            PROTOCOL_ERROR),
        answer(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;"
                + "e".repeat(9000)
                + "\r\nhello\r\n",
            PROTOCOL_ERROR),
        answer("HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello", PROTOCOL_ERROR),
        answer("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhello", PROTOCOL_ERROR),
        answer("HTTP/1.1 200 OK\r\n" + lines(101) + "\r\nhello", PROTOCOL_ERROR),
        answer("HTTP/1.1 200 OK\r\nX-A: " + "a".repeat(9000) + "\r\n\r\nhello", PROTOCOL_ERROR),
        answer("HTTP/1.1 200 " + "a".repeat(9000) + "\r\n\r\nhello", PROTOCOL_ERROR),
        answer("SSH-2.0-OpenSSH_9.6\r\nsecret banner\r\n".repeat(20), PROTOCOL_ERROR),
        answer("\r\n".repeat(50), PROTOCOL_ERROR),
        answer("HTTP/1.1 99 x\r\n\r\n", PROTOCOL_ERROR),
        answer("HTTP/1.1 abc x\r\n\r\n", PROTOCOL_ERROR),
        answer("HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n", PROTOCOL_ERROR),
        answer("HTTP/1.1 100 Continue\r\n\r\n".repeat(50), PROTOCOL_ERROR),
        answer("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(50), PROTOCOL_ERROR));
  }

  @ParameterizedTest(name = "{1} [{index}]")
  @MethodSource("broken")
  void aBrokenResponseIsOneClearFailure(String response, FetchFailure reason) throws Exception {
    try (RawOrigin origin =
        RawOrigin.start(talk -> {
          talk.head();
          talk.send(response);
        })) {
      Failed failed = (Failed) door.fetch(get(origin.url("/")));
      assertThat(failed.reason()).as(failed.detail()).isEqualTo(reason);
      assertThat(failed.detail())
          .contains("127.0.0.1:" + origin.port())
          .doesNotContain("secret banner", "Exception", "org.apache");
    }
  }

  @Test
  void aFewInterimResponsesAreFine() throws Exception {
    try (RawOrigin origin =
        RawOrigin.answering(
            "HTTP/1.1 103 x\r\nLink: </a>\r\n\r\nHTTP/1.1 100 x\r\n\r\n" + RawOrigin.ok("hello"))) {
      assertThat(((Fetched) door.fetch(get(origin.url("/")))).status()).isEqualTo(200);
    }
  }

  @Test
  void aHundredHeadersAreFine() throws Exception {
    try (RawOrigin origin = RawOrigin.answering("HTTP/1.1 204 x\r\n" + lines(100) + "\r\n")) {
      assertThat(((Fetched) door.fetch(get(origin.url("/")))).headers()).hasSize(100);
    }
  }

  static Stream<Arguments> resets() {
    return Stream.of(
        script("at once", RawOrigin.Talk::reset),
        script(
            "after the request",
            talk -> {
              talk.head();
              talk.reset();
            }),
        script(
            "within the headers",
            talk -> {
              talk.head();
              talk.send("HTTP/1.1 200 OK\r\nX-A");
              talk.reset();
            }),
        script(
            "within the body",
            talk -> {
              talk.head();
              talk.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel");
              talk.reset();
            }));
  }

  @ParameterizedTest(name = "reset {0}")
  @MethodSource("resets")
  void aResetIsALostConnection(String when, Script script) throws Exception {
    try (RawOrigin origin = RawOrigin.start(script)) {
      Failed failed = (Failed) door.fetch(get(origin.url("/")));
      // One at once may arrive before the connection counts as open.
      assertThat(failed.reason())
          .isIn(
              when.equals("at once")
                  ? List.of(CONNECTION_LOST, CONNECT_FAILED)
                  : List.of(CONNECTION_LOST));
      assertThat(failed.retryable()).isTrue();
      assertThat(failed.detail()).doesNotContain("Exception");
    }
  }

  @Test
  void anAnnouncedBodyThatIsTooLargeIsNotRead() throws Exception {
    try (RawOrigin origin =
        RawOrigin.start(talk -> {
          talk.head();
          talk.send("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n");
          talk.stall();
        })) {
      Failed failed = (Failed) door.fetch(get(origin.url("/")));
      assertThat(failed)
          .isEqualTo(
              new Failed(
                  TOO_LARGE,
                  "the body is 99999999999 bytes, more than the 1048576 allowed",
                  false));
    }
  }

  @Test
  void anEndlessBodyIsCutAtTheLimit() throws Exception {
    try (RawOrigin plain =
            RawOrigin.start(talk -> {
              talk.head();
              talk.send("HTTP/1.1 200 OK\r\n\r\n");
              talk.sendForever("x".repeat(1000));
            });
        RawOrigin chunked =
            RawOrigin.start(talk -> {
              talk.head();
              talk.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              talk.sendForever("a\r\n0123456789\r\n");
            })) {
      for (RawOrigin origin : new RawOrigin[] {plain, chunked}) {
        Failed failed = (Failed) door.fetch(get(origin.url("/")));
        assertThat(failed.reason()).isEqualTo(TOO_LARGE);
        assertThat(failed.detail())
            .isEqualTo("the body is at least 1048577 bytes, more than the 1048576 allowed");
      }
    }
  }

  @Test
  void nobodyListeningIsAFailedConnection() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      free = socket.getLocalPort();
    }
    Failed failed = (Failed) door.fetch(get("http://site.example:" + free + "/"));
    assertThat(failed)
        .isEqualTo(
            new Failed(
                CONNECT_FAILED, "site.example:" + free + " could not be connected to", true));
  }

  @Test
  void plainTextInsteadOfTlsIsAFailedHandshake() throws Exception {
    try (RawOrigin origin = RawOrigin.start(talk -> talk.send(RawOrigin.ok("hello")))) {
      Failed failed = (Failed) door.fetch(get("https://site.example:" + origin.port() + "/"));
      assertThat(failed.reason()).isEqualTo(TLS_FAILED);
      assertThat(failed.retryable()).isFalse();
      assertThat(failed.detail())
          .isEqualTo("the TLS handshake with site.example:%d failed".formatted(origin.port()));
    }
  }

  @Test
  void badServersDoNotUseUpTheDoor() throws Exception {
    try (RawOrigin bad =
            RawOrigin.start(talk -> {
              talk.head();
              talk.send("HTTP/1.1 200 OK\r\n\r\n");
              talk.sendForever("x".repeat(1000));
            });
        RawOrigin good = RawOrigin.answering(RawOrigin.ok("hello"))) {
      // More than one host may have open at a time.
      IntStream.range(0, 600)
          .forEach(_ -> door.fetch(FetchRequest.get(bad.url("/"), Doors.SOON, 1000)));
      assertThat(bad.accepted()).isEqualTo(600);
      assertThat(door.fetch(FetchRequest.get(bad.url("/"), Doors.SOON, 1000)))
          .isInstanceOfSatisfying(
              Failed.class, failed -> assertThat(failed.reason()).isEqualTo(TOO_LARGE));
      assertThat(door.fetch(get(good.url("/")))).isInstanceOf(Fetched.class);
    }
  }

  private static String lines(int count) {
    return IntStream.range(0, count)
        .mapToObj("X-%d: y\r\n"::formatted)
        .collect(Collectors.joining());
  }

  private static Arguments script(String name, Script script) {
    return arguments(name, script);
  }

  private static Arguments answer(String response, FetchFailure reason) {
    return arguments(response, reason);
  }
}
