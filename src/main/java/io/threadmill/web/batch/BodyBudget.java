package io.threadmill.web.batch;

import io.threadmill.job.TooManyWaiting;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * Bounds the bytes of JSON bodies that are in memory at once. Each byte is counted as it comes, so
 * that a slow body holds what it has sent and no more. The beginnings of bodies have a share of
 * their own, in which small ones pass however many large ones there are. Thread-safe.
 */
@Component
final class BodyBudget {

  /** Of each body, what is counted against the share of beginnings. */
  static final int BEGINNING = 64 * 1024;

  private static final int BEGINNINGS = 8 * 1024 * 1024;

  /** Two of the largest: as a tree, one fills some hundred MiB. */
  private static final int MOST = 32 * 1024 * 1024;

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Semaphore beginnings = new Semaphore(BEGINNINGS, true);
  private final Semaphore rest = new Semaphore(MOST, true);

  /** The body counted; what it holds is given back when it is closed. */
  InputStream count(InputStream body) {
    return new Counted(body);
  }

  private final class Counted extends FilterInputStream {

    private int first;
    private int further;

    Counted(InputStream body) {
      super(body);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      if (read >= 0) {
        hold(1);
      }
      return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      if (read > 0) {
        hold(read);
      }
      return read;
    }

    private void hold(int bytes) {
      int early = Math.min(bytes, BEGINNING - first);
      acquire(beginnings, early);
      first += early;
      acquire(rest, bytes - early);
      further += bytes - early;
    }

    /** The body itself stays open: it is the container's. */
    @Override
    public void close() {
      beginnings.release(first);
      rest.release(further);
      first = 0;
      further = 0;
    }
  }

  private static void acquire(Semaphore share, int bytes) {
    try {
      if (!share.tryAcquire(bytes, PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new TooManyWaiting("too many batches are being read");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new TooManyWaiting("the wait for other batches was interrupted");
    }
  }
}
