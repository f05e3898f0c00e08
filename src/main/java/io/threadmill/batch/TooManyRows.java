package io.threadmill.batch;

/**
 * A batch has more items than one may have. Those before stay, as a batch that was cut off, unless
 * it is atomic.
 */
public final class TooManyRows extends RuntimeException {

  TooManyRows(int most) {
    super("a batch has at most %d items".formatted(most), null, false, false); // an answer
  }
}
