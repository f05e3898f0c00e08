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
 * @param children how many jobs it starts and waits for
 * @param steps after how many steps it keeps a checkpoint and tells its progress
 */
record ChaosParams(
    String token,
    int work,
    int failFirst,
    int failRuns,
    boolean terminal,
    int bytes,
    int children,
    int steps) {

  static ChaosParams of(String token, int work) {
    return new ChaosParams(token, work, 0, 0, false, 0, 0, 0);
  }

  ChaosParams failing(int first, int runs, boolean forGood) {
    return new ChaosParams(token, work, first, runs, forGood, bytes, children, steps);
  }

  ChaosParams yielding(int size) {
    return new ChaosParams(token, work, failFirst, failRuns, terminal, size, children, steps);
  }

  ChaosParams spawning(int jobs) {
    return new ChaosParams(token, work, failFirst, failRuns, terminal, bytes, jobs, steps);
  }

  ChaosParams stepping(int count) {
    return new ChaosParams(token, work, failFirst, failRuns, terminal, bytes, children, count);
  }

  /** What a child does; its token tells whose it is and which attempt began it. */
  ChaosParams child(int attempt, int index) {
    return of(token + "/" + attempt + "/" + index, work);
  }

  /** As a client sends them. */
  String json() {
    return String.format(
        Locale.ROOT,
        """
        {"token":"%s","work":%d,"failFirst":%d,"failRuns":%d,"terminal":%b,"bytes":%d,\
        "children":%d,"steps":%d}\
        """,
        token,
        work,
        failFirst,
        failRuns,
        terminal,
        bytes,
        children,
        steps);
  }

  boolean fails(int run, int failedAttempts) {
    return run <= failRuns || failedAttempts < failFirst;
  }
}
