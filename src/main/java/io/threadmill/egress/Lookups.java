package io.threadmill.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Look-ups that end in time. The system's resolver can neither be interrupted nor given a deadline,
 * and in a virtual thread it would hold a carrier; so it runs on platform threads of its own, and
 * who asked stops waiting. Thread-safe.
 */
final class Lookups implements AutoCloseable {

  /** A dead name server holds a thread for some ten seconds; more threads would not revive it. */
  private static final int THREADS = 16;

  /** As many as there may be fetches; beyond it a look-up would come too late anyway. */
  private static final int WAITING = 1024;

  private final NameResolver resolver;
  private final Duration limit;
  private final ThreadPoolExecutor threads;

  Lookups(NameResolver resolver, Duration limit) {
    this.resolver = resolver;
    this.limit = limit;
    this.threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            Thread.ofPlatform().daemon().name("egress-dns-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * @param remaining what is left of the fetch
   * @throws UnknownHostException when there is no answer, or none in time
   */
  List<InetAddress> resolve(String name, Duration remaining)
      throws UnknownHostException, InterruptedException {
    Future<List<InetAddress>> answer;
    try {
      answer = threads.submit(() -> resolver.resolve(name));
    } catch (RejectedExecutionException _) {
      throw new UnknownHostException("too many look-ups are waiting");
    }
    try {
      Duration patience = limit.compareTo(remaining) < 0 ? limit : remaining;
      return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException _) {
      // The resolver's own message may hold addresses of name servers.
      throw new UnknownHostException("no such host, or its name servers do not answer");
    } catch (TimeoutException _) {
      throw new UnknownHostException("the name servers did not answer in time");
    } finally {
      answer.cancel(true);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
