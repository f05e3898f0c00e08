package io.threadmill.chaos;

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

  boolean fails(int run, int failedAttempts) {
    return run <= failRuns || failedAttempts < failFirst;
  }
}
