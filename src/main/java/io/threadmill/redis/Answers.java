package io.threadmill.redis;

import io.threadmill.job.StoreUnavailable;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.redisson.api.RFuture;
import org.redisson.client.RedisException;

/**
 * Waits for Redis's answer so long and no longer. The client's own timeout begins when a command is
 * written: the wait for a connection, and for a connection to be made, comes before it.
 */
final class Answers {

  private Answers() {}

  /**
   * The answer. A command that was not sent in time is never sent.
   *
   * @throws StoreUnavailable when none came in time
   * @throws RedisException what Redis or the client said instead
   */
  static <T> T within(Duration limit, RFuture<T> asked) {
    try {
      return asked.toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      asked.cancel(true);
      throw new StoreUnavailable("Redis did not answer in time", late);
    } catch (CancellationException stopped) {
      throw new StoreUnavailable("the client is stopping", stopped);
    } catch (ExecutionException failed) {
      switch (failed.getCause()) {
        case RuntimeException refusal -> throw refusal;
        case Error fault -> throw fault;
        case null, default -> throw new IllegalStateException(failed);
      }
    } catch (InterruptedException interrupted) {
      asked.cancel(true);
      Thread.currentThread().interrupt();
      throw new StoreUnavailable("interrupted while waiting for Redis", interrupted);
    }
  }
}
