package io.threadmill.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A batch as a client means it.
 *
 * @param cut how many whole lines are sent before the client hangs up; -1 for all, and the end
 * @param delay in milliseconds; 0 for at once
 */
record BatchOrder(
    String token, boolean ndjson, boolean atomic, int cut, long delay, List<Row> rows) {

  private static final int ATTEMPTS = 3;

  /** What is wrong with a row, if anything. */
  enum Fault {
    NONE,
    /** Its params have a member that is not known. */
    WRONG,
    /** It is no JSON at all. */
    UNREADABLE
  }

  record Row(ChaosParams params, Fault fault) {

    String text() {
      String json = params.json();
      return switch (fault) {
        case NONE -> json;
        case WRONG -> json.replaceFirst("\\{", "{\"nonsense\":1,");
        case UNREADABLE -> json.substring(0, json.length() / 2);
      };
    }

    boolean isValid() {
      return fault == Fault.NONE;
    }
  }

  static BatchOrder of(String token, boolean ndjson, List<ChaosParams> rows) {
    return new BatchOrder(
        token,
        ndjson,
        false,
        -1,
        0,
        rows.stream().map(params -> new Row(params, Fault.NONE)).toList());
  }

  BatchOrder atomically() {
    return new BatchOrder(token, ndjson, true, cut, delay, rows);
  }

  BatchOrder cutAfter(int lines) {
    return new BatchOrder(token, ndjson, atomic, lines, delay, rows);
  }

  BatchOrder delayed(long millis) {
    return new BatchOrder(token, ndjson, atomic, cut, millis, rows);
  }

  BatchOrder spoilt(int index, Fault fault) {
    var spoilt = new ArrayList<>(rows);
    spoilt.set(index, new Row(rows.get(index).params(), fault));
    return new BatchOrder(token, ndjson, atomic, cut, delay, List.copyOf(spoilt));
  }

  boolean isCut() {
    return cut >= 0;
  }

  /** What a row asks for, as though it had been sent alone. */
  Order order(Row row) {
    return new Order(row.params(), null, "", 5, delay, 0, ATTEMPTS, List.of());
  }

  String path() {
    String query = ndjson ? "?type=" + ChaosHandler.TYPE : "?";
    return "/v1/batches" + query + "&atomic=" + atomic;
  }

  String mediaType() {
    return ndjson ? "application/x-ndjson" : "application/json";
  }

  String body() {
    if (ndjson) {
      return rows.stream().map(row -> row.text() + "\n").collect(Collectors.joining());
    }
    return "{\"type\":\"%s\",\"delay\":\"%dms\",\"items\":[%s]}"
        .formatted(
            ChaosHandler.TYPE,
            delay,
            rows.stream().map(Row::text).collect(Collectors.joining(",")));
  }

  /** What comes over before the client hangs up: whole lines, and half of one. */
  String beforeTheCut() {
    String half = rows.get(cut).text();
    return rows.stream().limit(cut).map(row -> row.text() + "\n").collect(Collectors.joining())
        + half.substring(0, half.length() / 2);
  }
}
