package io.threadmill.compute.builtin;

import io.threadmill.compute.ComputeContext;
import java.util.Arrays;

/**
 * The sieve of Eratosthenes over odd numbers, one stretch of the range at a time, so that its
 * memory depends on the square root of the range's end alone: at most 2 MiB up to 10^12.
 */
final class SegmentedSieve {

  /** Odd numbers in one stretch; its flags stay within a core's second-level cache. */
  private static final int STRETCH = 1 << 18;

  private SegmentedSieve() {}

  /**
   * How many primes were found.
   *
   * @param largest of them; 0 where there is none
   */
  record Tally(long count, long largest) {}

  static Tally count(long from, long to, ComputeContext context) throws InterruptedException {
    boolean two = from <= 2 && to >= 2;
    long count = two ? 1 : 0;
    long largest = two ? 2 : 0;
    int[] primes = oddPrimesUpTo(squareRoot(to));
    long begin = Math.max(3, from) | 1;
    long[] next = firstMultiples(primes, begin);
    boolean[] composite = new boolean[STRETCH];
    for (long low = begin; low <= to; low += 2L * STRETCH) {
      context.check();
      context.progress(low - begin, to - begin + 1);
      int size = (int) Math.min(STRETCH, (to - low) / 2 + 1);
      Arrays.fill(composite, 0, size, false);
      strike(composite, size, low, primes, next);
      for (int i = 0; i < size; i++) {
        if (!composite[i]) {
          count++;
          largest = low + 2L * i;
        }
      }
    }
    long total = Math.max(1, to - begin + 1);
    context.progress(total, total);
    return new Tally(count, largest);
  }

  /** Marks the odd multiples of each prime; {@code next} holds where each goes on. */
  private static void strike(boolean[] composite, int size, long low, int[] primes, long[] next) {
    long end = low + 2L * size;
    for (int k = 0; k < primes.length && (long) primes[k] * primes[k] < end; k++) {
      if (next[k] >= end) {
        continue;
      }
      int step = primes[k];
      long i = (next[k] - low) / 2;
      for (; i < size; i += step) {
        composite[(int) i] = true;
      }
      next[k] = low + 2 * i;
    }
  }

  /** Of each prime the first odd multiple in the range that a smaller prime does not strike. */
  private static long[] firstMultiples(int[] primes, long begin) {
    long[] next = new long[primes.length];
    for (int k = 0; k < primes.length; k++) {
      long prime = primes[k];
      long multiple = (begin + prime - 1) / prime;
      next[k] = prime * Math.max(prime, multiple | 1);
    }
    return next;
  }

  private static int[] oddPrimesUpTo(int limit) {
    boolean[] composite = new boolean[limit + 1];
    int[] found = new int[limit / 2 + 1];
    int count = 0;
    for (int i = 3; i <= limit; i += 2) {
      if (composite[i]) {
        continue;
      }
      found[count++] = i;
      for (long j = (long) i * i; j <= limit; j += 2L * i) {
        composite[(int) j] = true;
      }
    }
    return Arrays.copyOf(found, count);
  }

  /** Rounded down; exact, though a double's is not always. */
  private static int squareRoot(long value) {
    long root = (long) Math.sqrt((double) value);
    while (root * root > value) {
      root--;
    }
    while ((root + 1) * (root + 1) <= value) {
      root++;
    }
    return (int) root;
  }
}
