package io.threadmill.egress;

import io.threadmill.egress.Exchange.End;
import io.threadmill.egress.HopGate.Go;
import io.threadmill.egress.HopGate.Hold;
import io.threadmill.egress.HopGate.Refuse;
import io.threadmill.egress.HopGuard.Clearance;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The hop loop: guard, gate, one exchange, and the next hop out of its redirect. Deadlines are kept
 * by one daemon thread, because the client has none over a whole call: at the deadline it closes
 * the socket under the reader. Its queue holds one entry a running fetch.
 */
final class HttpEgress implements Egress, AutoCloseable {

  private final HopGuard guard;
  private final HopClient client;
  private final Lookups lookups;
  private final String userAgent;
  private final String policy;
  private final ScheduledThreadPoolExecutor timer;
  private final Set<Exchange> running = ConcurrentHashMap.newKeySet();

  HttpEgress(HopGuard guard, HopClient client, Lookups lookups, String userAgent, String policy) {
    this.guard = guard;
    this.client = client;
    this.lookups = lookups;
    this.userAgent = userAgent;
    this.policy = policy;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("egress-deadlines").factory());
    timer.setRemoveOnCancelPolicy(true);
    ScheduledFuture<?> _ = timer.scheduleWithFixedDelay(client::tidy, 10, 10, TimeUnit.SECONDS);
  }

  @Override
  public String policy() {
    return policy;
  }

  @Override
  public FetchOutcome fetch(FetchRequest request) {
    Target target;
    try {
      target = parse(request.url());
    } catch (InvalidUrl e) {
      return new Failed(FetchFailure.INVALID_URL, e.getMessage(), false);
    }
    Exchange exchange = new Exchange(request.timeout());
    ScheduledFuture<?> deadline;
    try {
      deadline =
          timer.schedule(
              () -> exchange.abort(End.DEADLINE),
              request.timeout().toNanos(),
              TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException _) {
      return Failures.cancelled(); // the service is stopping
    }
    running.add(exchange);
    try {
      return hops(request, firstHop(request, target), exchange);
    } finally {
      exchange.finish();
      deadline.cancel(false);
      running.remove(exchange);
    }
  }

  private Hop firstHop(FetchRequest request, Target target) {
    List<Header> headers = new ArrayList<>(request.headers());
    if (HopClient.first(headers, "User-Agent") == null) {
      headers.add(new Header("User-Agent", userAgent));
    }
    return new Hop(target, request.method(), headers, request.body());
  }

  private FetchOutcome hops(FetchRequest request, Hop first, Exchange exchange) {
    List<String> redirects = new ArrayList<>();
    Set<String> visited = new HashSet<>();
    Hop hop = first;
    while (true) {
      visited.add(hop.method() + " " + hop.target());
      Clearance clearance = guard.judge(hop.target(), hop.method());
      if (clearance == null) {
        return Failures.blocked();
      }
      Runnable release = () -> {};
      // A fetch that is over asks for no slot; send() says why it is over.
      if (!redirects.isEmpty() && exchange.ended() == null) {
        switch (request.gate().enter(hop.target())) {
          case Go(Runnable whenOver) -> release = whenOver;
          case Hold(var until) -> {
            return new Held(until);
          }
          case Refuse(String code, String detail) -> {
            return new Failed(FetchFailure.REFUSED_BY_GATE, code + ": " + detail, false);
          }
        }
      }
      HopClient.Answer answer;
      try {
        answer = send(request, hop, clearance, exchange);
      } finally {
        release.run();
      }
      switch (answer) {
        case HopClient.Trouble(Failed failed) -> {
          return failed;
        }
        case HopClient.Response response -> {
          String location = HopClient.first(response.headers(), "Location");
          if (!Hop.isRedirect(response.status())
              || location == null
              || request.maxRedirects() == 0) {
            return fetched(hop, response, redirects, exchange);
          }
          Target next;
          try {
            next = UrlParser.resolve(hop.target(), readable(location));
          } catch (InvalidUrl e) {
            return new Failed(
                FetchFailure.INVALID_URL,
                "%s redirects to a bad URL: %s".formatted(hop.target().hostPort(), e.getMessage()),
                false);
          }
          redirects.add(hop.target().toString());
          hop = hop.redirected(response.status(), next);
          if (visited.contains(hop.method() + " " + hop.target())) {
            return Failures.redirectLoop(next);
          }
          if (redirects.size() > request.maxRedirects()) {
            return Failures.tooManyRedirects(request.maxRedirects(), next);
          }
        }
      }
    }
  }

  /** One hop; whatever broke it, an abort, the guard or an interruption is named first. */
  private HopClient.Answer send(
      FetchRequest request, Hop hop, Clearance clearance, Exchange exchange) {
    HopClient.Answer answer =
        Thread.currentThread().isInterrupted() || exchange.ended() != null
            ? new HopClient.Trouble(Failures.cancelled())
            : client.send(hop, clearance, exchange, HopClient.Wanted.of(request));
    if (exchange.blocked()) {
      return new HopClient.Trouble(Failures.blocked());
    }
    boolean failed = answer instanceof HopClient.Trouble;
    if (exchange.ended() == End.STOPPED || (failed && Thread.currentThread().isInterrupted())) {
      return new HopClient.Trouble(Failures.cancelled());
    }
    if (exchange.ended() == End.DEADLINE || (failed && exchange.overdue())) {
      return new HopClient.Trouble(Failures.timedOut(hop.target(), request.timeout()));
    }
    return answer;
  }

  private static FetchOutcome fetched(
      Hop hop, HopClient.Response response, List<String> redirects, Exchange exchange) {
    return new Fetched(
        hop.target(),
        response.status(),
        response.headers(),
        response.body(),
        redirects,
        exchange.timings());
  }

  /** Header bytes arrive one a character; many servers put UTF-8 into {@code Location}. */
  private static String readable(String location) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(location.getBytes(StandardCharsets.ISO_8859_1)))
          .toString();
    } catch (CharacterCodingException _) {
      return location;
    }
  }

  /** Aborts what is running; later fetches are answered as cancelled. */
  @Override
  public void close() {
    timer.shutdownNow();
    running.forEach(exchange -> exchange.abort(End.STOPPED));
    client.close();
    lookups.close();
  }
}
