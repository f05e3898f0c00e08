package io.threadmill.compute;

/**
 * A computation that its input makes impossible, found out only while computing. Ends the job as
 * {@code computation-failed}, without another attempt.
 */
public final class ComputationFailed extends Exception {

  /**
   * @param detail a sentence for the client: what is wrong with the input. Shown as it is, so it
   *     holds nothing that the client may not see
   */
  public ComputationFailed(String detail) {
    super(detail);
  }
}
