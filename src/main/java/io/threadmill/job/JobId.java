package io.threadmill.job;

import java.util.regex.Pattern;

/**
 * A job's id: 26 characters of lower-case Crockford base32, minted by the enqueue script. The first
 * ten are Redis's clock in milliseconds, the next eight a sequence, the last eight random, so ids
 * sort by creation and cannot be guessed.
 */
public record JobId(String value) implements Comparable<JobId> {

  private static final Pattern FORM = Pattern.compile("[0-9a-hjkmnp-tv-z]{26}");

  public JobId {
    if (!isWellFormed(value)) {
      throw new IllegalArgumentException("not a job id");
    }
  }

  /** Whether a text could be an id at all; a path that fails this names no job. */
  public static boolean isWellFormed(String text) {
    return FORM.matcher(text).matches();
  }

  @Override
  public int compareTo(JobId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
