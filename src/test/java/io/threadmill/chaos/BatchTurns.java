package io.threadmill.chaos;

import io.threadmill.chaos.BatchOrder.Fault;
import io.threadmill.chaos.Workload.Pen;
import java.util.ArrayList;
import java.util.List;

/** What clients do with batches: another thing each turn, so that a short run has all of them. */
final class BatchTurns {

  private static final int KINDS = 10;

  private final BatchClient batches;
  private final Pen pen;

  BatchTurns(Client client, Pen pen) {
    this.batches = new BatchClient(client, pen.clock());
    this.pen = pen;
  }

  void act() {
    int rows = 15 + pen.upTo(30);
    switch (pen.turn() % KINDS) {
      case 0 -> send(BatchOrder.of(pen.token(), true, params(rows, 10, 60, 0)).cutAfter(rows / 2));
      case 1 -> read(BatchOrder.of(pen.token(), false, params(rows, 10, 120, 6)), "completed");
      case 2 ->
          read(spoilt(BatchOrder.of(pen.token(), true, params(rows, 10, 120, 0))), "submitted");
      case 3 -> follow(BatchOrder.of(pen.token(), true, params(rows, 10, 60, 0)).atomically());
      case 4 ->
          send(spoilt(BatchOrder.of(pen.token(), true, params(rows, 10, 60, 0))).atomically());
      case 5 ->
          send(
              BatchOrder.of(pen.token(), true, params(rows, 10, 60, 0))
                  .atomically()
                  .cutAfter(rows / 3));
      case 6 ->
          follow(
              BatchOrder.of(pen.token(), false, params(rows, 10, 60, 5))
                  .delayed(500 + pen.upTo(2000)));
      case 7 -> cancel(BatchOrder.of(pen.token(), false, params(rows, 300, 900, 0)));
      case 8 -> retry(BatchOrder.of(pen.token(), true, params(rows, 10, 60, 3)));
      default -> delete(BatchOrder.of(pen.token(), true, params(rows, 10, 60, 0)));
    }
  }

  /**
   * @param failing each such one fails for good in its first run; 0 for none
   */
  private List<ChaosParams> params(int rows, int least, int most, int failing) {
    var params = new ArrayList<ChaosParams>();
    for (int i = 0; i < rows; i++) {
      Order order = pen.order(least, most);
      boolean fails = failing > 0 && i % failing == 1;
      params.add((fails ? order.failing(0, 1, true) : order).params());
    }
    return params;
  }

  private BatchOrder spoilt(BatchOrder order) {
    return order
        .spoilt(pen.upTo(5), Fault.WRONG)
        .spoilt(5 + pen.upTo(order.rows().size() - 5), Fault.UNREADABLE);
  }

  /** The id, or nothing where the answer has none. */
  private String send(BatchOrder order) {
    BatchCall told = batches.intake(pen.slot(), order);
    return told.ok() ? told.id() : "";
  }

  private void read(BatchOrder order, String by) {
    String id = send(order);
    if (!id.isEmpty()) {
      batches.results(pen.slot(), id, by);
      batches.look(pen.slot(), id, 0);
    }
  }

  private void follow(BatchOrder order) {
    String id = send(order);
    if (!id.isEmpty()) {
      batches.events(pen.slot(), id);
      batches.look(pen.slot(), id, 0);
    }
  }

  private void cancel(BatchOrder order) {
    String id = send(order);
    if (!id.isEmpty() && pen.pause(pen.upTo(500))) {
      batches.change("cancel", pen.slot(), id);
      batches.results(pen.slot(), id, "completed");
    }
  }

  private void retry(BatchOrder order) {
    String id = send(order);
    if (!id.isEmpty() && batches.awaitEnd(pen.slot(), id)) {
      batches.change("retry", pen.slot(), id);
      batches.look(pen.slot(), id, 0);
      if (batches.awaitEnd(pen.slot(), id)) {
        batches.results(pen.slot(), id, "completed");
      }
    }
  }

  private void delete(BatchOrder order) {
    String id = send(order);
    if (!id.isEmpty() && batches.awaitEnd(pen.slot(), id)) {
      batches.change("delete", pen.slot(), id);
      batches.look(pen.slot(), id, 0);
    }
  }
}
