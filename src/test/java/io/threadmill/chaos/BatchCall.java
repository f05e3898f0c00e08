package io.threadmill.chaos;

import io.threadmill.chaos.History.Known;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call of a client about a batch.
 *
 * @param op {@code intake}, {@code look}, {@code results-completed}, {@code results-submitted},
 *     {@code events}, {@code cancel}, {@code retry} or {@code delete}
 * @param order what an intake asked for
 * @param id empty where it is not known
 * @param told what the answer said of the batch, null where it said nothing
 * @param rows for results and events each row in the order they came
 * @param ends how often the stream of events said {@code end}
 */
record BatchCall(
    long number,
    String op,
    int slot,
    long begin,
    long end,
    Known known,
    int status,
    @Nullable BatchOrder order,
    String id,
    @Nullable Told told,
    List<Row> rows,
    int ends) {

  /**
   * A batch as an answer told it.
   *
   * @param summed the sum of its counts
   * @param left how many of them are of states that are no ends
   * @param finished as it stands there; empty for null
   */
  record Told(
      String state, long total, long summed, long left, String finished, boolean truncated) {

    boolean ended() {
      return state.equals("finished") || state.equals("cancelled");
    }
  }

  record Row(String id, int index, int run, String state) {}

  boolean ok() {
    return known == Known.OK;
  }
}
