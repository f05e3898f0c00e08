package io.threadmill.chaos;

import java.util.Locale;

/**
 * What a job of the chaos run does.
 *
 * @param token names the submission, also where its answer was lost
 * @param work how long an attempt takes, in milliseconds
 * @param failFirst how many attempts of each run fail
 * @param failRuns how many runs fail in all their attempts
 * @param terminal whether those failures forbid another attempt
 * @param bytes how large the result is made
 */
record ChaosParams(
    String token, int work, int failFirst, int failRuns, boolean terminal, int bytes) {

  /** As a client sends them. */
  String json() {
    return String.format(
        Locale.ROOT,
        """
        {"token":"%s","work":%d,"failFirst":%d,"failRuns":%d,"terminal":%b,"bytes":%d}\
        """,
        token,
        work,
        failFirst,
        failRuns,
        terminal,
        bytes);
  }

  boolean fails(int run, int failedAttempts) {
    return run <= failRuns || failedAttempts < failFirst;
  }
}
