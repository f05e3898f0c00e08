package io.threadmill.egress;

import static io.threadmill.egress.Doors.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.threadmill.egress.HopGuard.Clearance;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No request ever leaves for a blocked address: a canary behind each hole counts who came. */
class PinningIT {

  private static final NameResolver NOBODY =
      name -> {
        throw new AssertionError("asked for " + name);
      };

  private RawOrigin canary;

  @BeforeEach
  void listen() throws IOException {
    canary = RawOrigin.answering(RawOrigin.ok("reached"));
  }

  @AfterEach
  void close() {
    canary.close();
  }

  private void assertBlocked(HttpEgress door, String url) {
    try (door) {
      FetchOutcome outcome = door.fetch(get(url));
      assertThat(outcome).as(url).isEqualTo(Failures.blocked());
      assertThat(canary.accepted()).as("connections for " + url).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1", "127.1", "0177.0.0.1", "0x7f.1", "2130706433", "localhost", "LOCALHOST.",
        "x.localhost", "[::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "0", "0.0.0.0", "[::]",
        "\uff11\uff12\uff17.0.0.1", "127\u30020.0.1"
      })
  void loopbackIsBlockedInEveryNotationWithoutALookUp(String host) {
    EgressProperties everyPort =
        new EgressProperties(
            List.of(),
            List.of(String.valueOf(canary.port())),
            false,
            null,
            Duration.ofSeconds(2),
            Duration.ofSeconds(1));
    assertBlocked(
        EgressConfiguration.create(everyPort, List.of(), NOBODY, "test"),
        "http://" + host + ":" + canary.port() + "/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://169.254.169.254/latest/meta-data/",
        "http://metadata.google.internal/",
        "http://redis:8080/",
        "http://grafana/",
        "http://printer.local/",
        "http://8.8.8.8:22/",
        "http://example.com:6379/",
        "https://[fd00:ec2::254]/",
        "http://100.100.100.200/",
        "http://host.docker.internal/",
        "http://kubernetes.default.svc/",
        "http://a.onion/"
      })
  void whatIsClosedByItsLooksIsNeverLookedUp(String url) {
    assertBlocked(Doors.strict(NOBODY), url);
  }

  @Test
  void aNameThatResolvesToLoopbackIsBlocked() {
    assertBlocked(
        Doors.open(List.of(), List.of(port()), Doors.resolving("127.0.0.1")),
        "http://innocent.example:" + port() + "/");
  }

  @Test
  void oneBlockedAnswerRefusesTheHost() {
    for (List<String> answers :
        List.of(List.of("8.8.8.8", "127.0.0.1"), List.of("127.0.0.1", "8.8.8.8"))) {
      assertBlocked(
          Doors.open(List.of(), List.of(port()), Doors.resolving(answers.toArray(String[]::new))),
          "http://mixed.example:" + port() + "/");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"8.8.8.8 127.0.0.1", "127.0.0.1 8.8.8.8", "10.0.0.1", "::1 8.8.8.8"})
  void theClientsResolverHandsOverNothingOfAHostWithABlockedAnswer(String answers) {
    HopGuard guard =
        new HopGuard(new AddressPolicy(List.of(), false, _ -> false), Set.of(80), List.of());
    try (Lookups lookups =
        new Lookups(Doors.resolving(answers.split(" ")), Duration.ofSeconds(1))) {
      Exchange exchange = new Exchange(Duration.ofSeconds(5));
      exchange.begin(Clearance.PUBLIC, () -> true);
      assertThatThrownBy(() ->
              ScopedValue.where(Exchange.CURRENT, exchange)
                  .call(() -> new PinnedDns(guard, lookups).resolve("mixed.example", 80)))
          .isInstanceOf(UnknownHostException.class);
      assertThat(exchange.blocked()).isTrue();
    }
  }

  @Test
  void aRedirectToABlockedAddressIsNotFollowed() throws Exception {
    List<String> ways =
        List.of(
            canary.url("/"),
            "//127.0.0.1:" + port() + "/",
            "http://localhost:" + port() + "/",
            "http://0x7f.1:" + port() + "/",
            "http://inside.example:" + port() + "/");
    for (String location : ways) {
      try (RawOrigin origin = RawOrigin.answering(RawOrigin.redirect(302, location))) {
        assertBlocked(
            Doors.open(
                List.of(),
                List.of(port()),
                Doors.resolving("127.0.0.1"),
                (_, port, _) -> port == origin.port()),
            origin.url("/"));
        assertThat(origin.accepted()).isEqualTo(1);
      }
    }
  }

  @Test
  void aNameThatChangesItsAnswerBetweenHopsIsCaught() throws Exception {
    Deque<String> answers = new ArrayDeque<>(List.of("127.0.0.1", "127.0.0.2"));
    try (RawOrigin origin =
        RawOrigin.start(talk -> {
          talk.head();
          talk.send(
              "HTTP/1.1 302 x\r\nLocation: /2\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        })) {
      try (RawOrigin rebound = second(origin.port());
          HttpEgress door =
              Doors.allowing(
                  List.of("127.0.0.1"), _ -> List.of(InetAddress.ofLiteral(answers.remove())))) {
        FetchOutcome outcome = door.fetch(get("http://rebind.example:" + origin.port() + "/"));
        assertThat(outcome).isEqualTo(Failures.blocked());
        assertThat(answers).isEmpty();
        assertThat(rebound.accepted()).isZero();
        assertThat(origin.accepted()).isEqualTo(1);
      }
    }
  }

  @Test
  void whatWasCheckedIsWhatIsDialledInOneLookUp() throws Exception {
    AtomicInteger lookups = new AtomicInteger();
    NameResolver rebinding =
        _ -> List.of(InetAddress.ofLiteral("127.0.0." + lookups.incrementAndGet()));
    try (RawOrigin rebound = second(canary.port());
        HttpEgress door = Doors.allowing(List.of("127.0.0.1"), rebinding)) {
      assertThat(door.fetch(get("http://rebind.example:" + port() + "/")))
          .isInstanceOf(Fetched.class);
      assertThat(lookups).hasValue(1);
      assertThat(canary.accepted()).isEqualTo(1);
      assertThat(rebound.accepted()).isZero();
    }
  }

  /** Only Linux has all of 127/8 without further ado. */
  private static RawOrigin second(int port) {
    try {
      return RawOrigin.start("127.0.0.2", port, talk -> talk.send(RawOrigin.ok("rebound")));
    } catch (IOException e) {
      assumeTrue(false, "127.0.0.2 cannot be bound: " + e.getMessage());
      throw new AssertionError(e);
    }
  }

  @Test
  void theSocketItselfRefusesWhatItsExchangeMayNotDial() throws Exception {
    HopGuard guard =
        new HopGuard(new AddressPolicy(List.of(), false, _ -> false), Set.of(80), List.of());
    Exchange exchange = new Exchange(Duration.ofSeconds(5));
    exchange.begin(Clearance.PUBLIC, () -> true);
    try (GuardedSocket socket = new GuardedSocket(guard)) {
      assertThatThrownBy(() ->
              ScopedValue.where(Exchange.CURRENT, exchange)
                  .call(() -> {
                    socket.connect(
                        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), canary.port()),
                        1000);
                    return null;
                  }))
          .isInstanceOf(IOException.class);
    }
    assertThat(exchange.blocked()).isTrue();
    assertThat(canary.accepted()).isZero();
  }

  @Test
  void anExemptionOpensItsPlaceOnLoopbackAndNothingElse() {
    LoopbackExemption demo =
        (method, port, path) ->
            method.equals("GET") && port == canary.port() && path.startsWith("/demo/");
    try (HttpEgress door = Doors.strict(Doors.resolving("127.0.0.1"), demo)) {
      assertThat(door.fetch(get(canary.url("/demo/a")))).isInstanceOf(Fetched.class);
      assertThat(door.fetch(get("http://localhost:" + port() + "/demo/a?b")))
          .isInstanceOf(Fetched.class);
      int dialled = canary.accepted();
      for (String url :
          List.of(
              canary.url("/"),
              canary.url("/demo/../actuator"),
              canary.url("/demo/%2e%2e/actuator"),
              "http://evil.example:" + port() + "/demo/a",
              "http://[::ffff:127.0.0.1]:" + port() + "/demo/a",
              "http://[::ffff:7f00:1]:" + port() + "/demo/a",
              "http://127.0.0.1:" + (canary.port() ^ 1) + "/demo/a")) {
        assertThat(door.fetch(get(url))).as(url).isEqualTo(Failures.blocked());
      }
      FetchRequest post =
          new FetchRequest(
              canary.url("/demo/a"), "POST", List.of(), null, Doors.SOON, 10, 0, HopGate.OPEN);
      assertThat(door.fetch(post)).isEqualTo(Failures.blocked());
      assertThat(canary.accepted()).isEqualTo(dialled);
    }
  }

  @Test
  void aConnectionOfAnExemptionServesNobodyElse() {
    // Both may go there, by different right: the one's kept connection is not the other's.
    try (HttpEgress door =
        Doors.open(
            List.of("127.0.0.1"),
            List.of("80"),
            NOBODY,
            (_, _, path) -> path.startsWith("/demo/"))) {
      for (String path : List.of("/demo/1", "/other/1", "/demo/2", "/other/2")) {
        assertThat(door.fetch(get(canary.url(path)))).isInstanceOf(Fetched.class);
      }
      assertThat(canary.heads).hasSize(4);
      assertThat(canary.accepted()).isEqualTo(2);
    }
  }

  @Test
  void anAllowedRangeOpensNamesAndPortsThatAreClosedOtherwise() {
    try (HttpEgress door = Doors.local()) {
      for (String host : List.of("127.0.0.1", "redis", "localhost", "shop.example", "a.local")) {
        assertThat(door.fetch(get("http://" + host + ":" + port() + "/")))
            .as(host)
            .isInstanceOf(Fetched.class);
      }
    }
    try (HttpEgress door =
        Doors.allowing(List.of("127.0.0.1"), Doors.resolving("127.0.0.1", "8.8.8.8"))) {
      assertThat(door.fetch(get("http://redis:" + port() + "/"))).isEqualTo(Failures.blocked());
    }
  }

  @Test
  void aNameWithoutAnswerIsAFailedLookUp() {
    for (NameResolver resolver :
        List.<NameResolver>of(
            _ -> List.of(),
            name -> {
              throw new UnknownHostException("10.0.0.53 says no to " + name);
            },
            _ -> {
              throw new IllegalStateException("10.0.0.53 broke");
            })) {
      try (HttpEgress door = Doors.strict(resolver)) {
        Failed failed = (Failed) door.fetch(get("http://nowhere.example/"));
        assertThat(failed.reason()).isEqualTo(FetchFailure.DNS_FAILED);
        assertThat(failed.retryable()).isTrue();
        assertThat(failed.detail())
            .startsWith("nowhere.example could not be resolved: ")
            .doesNotContain("10.0.0.53");
      }
    }
  }

  @Test
  void aResolverThatHangsCostsNoMoreThanItsLimitOrTheDeadline() {
    CountDownLatch never = new CountDownLatch(1);
    NameResolver hanging =
        _ -> {
          try {
            never.await();
          } catch (InterruptedException _) {
            throw new UnknownHostException("interrupted");
          }
          return List.of();
        };
    try (HttpEgress door = Doors.strict(hanging)) {
      assertThat(((Failed) door.fetch(get("http://slow.example/"))).reason())
          .isEqualTo(FetchFailure.DNS_FAILED);
      assertThat(
              ((Failed) door.fetch(get("http://slow.example/", Duration.ofMillis(100)))).reason())
          .isEqualTo(FetchFailure.TIMED_OUT);
    } finally {
      never.countDown();
    }
  }

  private String port() {
    return String.valueOf(canary.port());
  }
}
