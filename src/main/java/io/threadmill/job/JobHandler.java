package io.threadmill.job;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One kind of job. A Spring bean implementing this is all a new job type needs; its {@link #type()}
 * must be unique, else the start is refused. Called from many threads at once, so an implementation
 * is thread-safe or stateless.
 *
 * @param <P> the type's parameters: a record that Jackson binds strictly from the job's {@code
 *     params}
 */
public interface JobHandler<P> {

  /** The {@code type} in a job request. */
  String type();

  Class<P> paramsType();

  /** True for work that the service gives itself: no client can submit a job of this type. */
  default boolean internal() {
    return false;
  }

  /** The pool that executes it: {@code scrape} for waiting work, {@code compute} for busy work. */
  String pool(P params);

  /** The host whose limit the job counts against, as {@code name:port}; null for none. */
  default @Nullable String host(P params) {
    return null;
  }

  /** Bounds one attempt when the request does not. */
  default Duration defaultTimeout() {
    return Duration.ofMinutes(10);
  }

  /**
   * Checks what binding alone cannot, at submit. Reports each fault with a JSON Pointer relative to
   * {@code params}.
   */
  default void check(P params, Violations violations) {}

  /**
   * Executes one attempt. An exception thrown from here fails the attempt as {@code
   * handler-exception}, retryable, but for {@link StoreUnavailable} and {@link BacklogFull}, which
   * hand it back uncounted; expected failures are answered as a {@link JobResult.Fail}. Must end
   * soon after an interrupt.
   */
  JobResult run(P params, JobContext context) throws Exception;
}
