package io.threadmill.egress;

import static io.threadmill.egress.Doors.MEBIBYTE;
import static io.threadmill.egress.Doors.SOON;
import static io.threadmill.egress.Doors.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.threadmill.egress.HopGate.Go;
import io.threadmill.egress.HopGate.Hold;
import io.threadmill.egress.HopGate.Refuse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectIT {

  private final HttpEgress door = Doors.local();

  @AfterEach
  void close() {
    door.close();
  }

  /** {@code /n} redirects to {@code /n-1}; {@code /0} is the page. */
  private static RawOrigin countdown(int status) throws Exception {
    return RawOrigin.start(talk -> {
      String head;
      while ((head = talk.head()) != null) {
        int n = Integer.parseInt(head.substring(head.indexOf('/') + 1, head.indexOf(" HTTP")));
        talk.send(n == 0 ? RawOrigin.ok("end") : RawOrigin.redirect(status, "/" + (n - 1)));
      }
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void redirectsAreFollowedAndListed(int status) throws Exception {
    try (RawOrigin origin = countdown(status)) {
      Fetched page = (Fetched) door.fetch(get(origin.url("/2")));
      assertThat(page.target().uri()).hasToString(origin.url("/0"));
      assertThat(page.redirects()).containsExactly(origin.url("/2"), origin.url("/1"));
    }
  }

  @Test
  void asManyRedirectsAsAllowedAreFollowedAndNoMore() throws Exception {
    try (RawOrigin origin = countdown(302)) {
      assertThat(door.fetch(get(origin.url("/5")))).isInstanceOf(Fetched.class);
      int asked = origin.heads.size();
      assertThat(door.fetch(get(origin.url("/6"))))
          .isEqualTo(
              new Failed(
                  FetchFailure.TOO_MANY_REDIRECTS,
                  "more than 5 redirects; the next would lead to 127.0.0.1:" + origin.port(),
                  false));
      assertThat(origin.heads).hasSize(asked + 6);
    }
  }

  @Test
  void aLoopIsSeenAtItsFirstTurn() throws Exception {
    try (RawOrigin origin = RawOrigin.answering(RawOrigin.redirect(302, "/a"))) {
      Failed failed = (Failed) door.fetch(get(origin.url("/a#x")));
      assertThat(failed.reason()).isEqualTo(FetchFailure.TOO_MANY_REDIRECTS);
      assertThat(failed.detail()).contains("where the fetch has been");
      assertThat(origin.heads).hasSize(1);
    }
  }

  @Test
  void withoutRedirectsTheRedirectItselfIsTheAnswer() throws Exception {
    try (RawOrigin origin =
        RawOrigin.answering(
            "HTTP/1.1 302 x\r\nLocation: http://10.0.0.1/\r\nContent-Length: 5\r\n\r\nmoved")) {
      Fetched page =
          (Fetched)
              door.fetch(
                  new FetchRequest(
                      origin.url("/"), "GET", List.of(), null, SOON, 10, 0, HopGate.OPEN));
      assertThat(page.status()).isEqualTo(302);
      assertThat(page.body()).asString(StandardCharsets.UTF_8).isEqualTo("moved");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 302 x", "HTTP/1.1 300 x\r\nLocation: /a", "HTTP/1.1 304 x"})
  void whatCannotBeFollowedIsTheAnswer(String head) throws Exception {
    try (RawOrigin origin = RawOrigin.answering(head + "\r\nContent-Length: 0\r\n\r\n")) {
      assertThat(door.fetch(get(origin.url("/")))).isInstanceOf(Fetched.class);
    }
  }

  @Test
  void theEndlessBodyOfARedirectIsNotRead() throws Exception {
    try (RawOrigin origin =
        RawOrigin.start(talk -> {
          if (talk.head().startsWith("GET /0")) {
            talk.send(RawOrigin.ok("end"));
          } else {
            talk.send("HTTP/1.1 302 x\r\nLocation: /0\r\n\r\n");
            talk.sendForever("x".repeat(1000));
          }
        })) {
      assertThat(door.fetch(get(origin.url("/1")))).isInstanceOf(Fetched.class);
    }
  }

  @Test
  void locationsInUtf8AndWithBlanksAreUnderstood() throws Exception {
    String location =
        new String("/\u00e9 b".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    try (RawOrigin origin =
        RawOrigin.start(talk -> {
          talk.send(
              talk.head().startsWith("GET / ")
                  ? RawOrigin.redirect(302, location)
                  : RawOrigin.ok("end"));
          talk.stall();
        })) {
      Fetched page = (Fetched) door.fetch(get(origin.url("/")));
      assertThat(page.target().uri()).hasToString(origin.url("/%C3%A9%20b"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://u:p@127.0.0.1/",
        "http://",
        "/\\evil.example/",
        "http://256.1.1.1/"
      })
  void aBadLocationIsNamed(String location) throws Exception {
    try (RawOrigin origin = RawOrigin.answering(RawOrigin.redirect(302, location))) {
      Failed failed = (Failed) door.fetch(get(origin.url("/")));
      assertThat(failed.reason()).isEqualTo(FetchFailure.INVALID_URL);
      assertThat(failed.detail())
          .contains("127.0.0.1:" + origin.port() + " redirects to a bad URL");
    }
  }

  @Test
  void credentialsStayWithTheirOriginAndDoNotComeBack() throws Exception {
    try (RawOrigin origin =
        RawOrigin.start(talk -> {
          String head = talk.head();
          String port = head.replaceAll("(?s).*Host: [a-z.]+:(\\d+).*", "$1");
          talk.send(
              head.startsWith("GET /0 ")
                  ? RawOrigin.redirect(302, "/1")
                  : head.startsWith("GET /1 ")
                      ? RawOrigin.redirect(307, "http://b.example:" + port + "/2")
                      : head.startsWith("GET /2 ")
                          ? RawOrigin.redirect(302, "http://a.example:" + port + "/3")
                          : RawOrigin.ok("end"));
        })) {
      List<Header> headers =
          List.of(
              new Header("AUTHORIZATION", "secret"),
              new Header("Cookie", "secret"),
              new Header("Origin", "http://secret.example"),
              new Header("Referer", "http://secret.example/"),
              new Header("X-Mine", "kept"));
      FetchOutcome outcome =
          door.fetch(
              new FetchRequest(
                  "http://a.example:" + origin.port() + "/0",
                  "GET",
                  headers,
                  null,
                  SOON,
                  MEBIBYTE,
                  5,
                  HopGate.OPEN));
      assertThat(outcome).isInstanceOf(Fetched.class);
      assertThat(origin.heads).hasSize(4).allMatch(head -> head.contains("X-Mine: kept"));
      assertThat(origin.heads.subList(0, 2)).allMatch(head -> head.split("secret", -1).length == 5);
      assertThat(origin.heads.subList(2, 4)).noneMatch(head -> head.contains("secret"));
    }
  }

  @Test
  void theGateIsAskedForEachRedirectAndToldWhenTheHopIsOver() throws Exception {
    List<String> seen = new ArrayList<>();
    HopGate gate =
        hop -> {
          seen.add("enter " + hop.path());
          return new Go(() -> seen.add("release " + hop.path()));
        };
    try (RawOrigin origin = countdown(302)) {
      assertThat(door.fetch(get(origin.url("/2"), gate))).isInstanceOf(Fetched.class);
    }
    assertThat(seen).containsExactly("enter /1", "release /1", "enter /0", "release /0");
  }

  @Test
  void aHopThatFailsIsReleasedToo() throws Exception {
    List<String> seen = new ArrayList<>();
    try (RawOrigin origin =
        RawOrigin.start(talk -> {
          if (talk.head().startsWith("GET / ")) {
            talk.send(RawOrigin.redirect(302, "/reset"));
          } else {
            talk.reset();
          }
        })) {
      FetchOutcome outcome =
          door.fetch(get(origin.url("/"), _ -> new Go(() -> seen.add("release"))));
      assertThat(outcome).isInstanceOf(Failed.class);
    }
    assertThat(seen).containsExactly("release");
  }

  @Test
  void aGateHoldsOrRefusesBeforeAnythingIsDialled() throws Exception {
    try (RawOrigin canary = RawOrigin.answering(RawOrigin.ok("reached"));
        RawOrigin origin = RawOrigin.answering(RawOrigin.redirect(302, canary.url("/x")))) {
      assertThat(door.fetch(get(origin.url("/"), _ -> new Hold(Duration.ofSeconds(3)))))
          .isEqualTo(new Held(Duration.ofSeconds(3)));
      assertThat(
              door.fetch(
                  get(origin.url("/"), _ -> new Refuse("robots-disallowed", "robots.txt says no"))))
          .isEqualTo(
              new Failed(
                  FetchFailure.REFUSED_BY_GATE, "robots-disallowed: robots.txt says no", false));
      assertThat(canary.accepted()).isZero();
    }
  }

  @Test
  void aGateThatBreaksIsHeardOf() throws Exception {
    try (RawOrigin origin = countdown(302)) {
      FetchRequest request =
          get(
              origin.url("/1"),
              _ -> {
                throw new IllegalStateException("gate");
              });
      assertThatThrownBy(() -> door.fetch(request)).hasMessage("gate");
      assertThat(door.fetch(get(origin.url("/1")))).isInstanceOf(Fetched.class);
    }
  }
}
