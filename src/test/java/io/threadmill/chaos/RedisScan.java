package io.threadmill.chaos;

import io.threadmill.chaos.History.Key;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Reads every key of the queue straight from Redis, at rest. */
final class RedisScan {

  private static final String PREFIX = "{tm}:";
  private static final String RECORD = PREFIX + "j:";
  private static final Map<String, String> ENDS =
      Map.of("S", "succeeded", "F", "failed", "C", "cancelled");
  private static final Map<String, String> SIZES =
      Map.of(
          "string", "STRLEN",
          "hash", "HLEN",
          "zset", "ZCARD",
          "list", "LLEN",
          "set", "SCARD",
          "stream", "XLEN");

  private final int port;

  RedisScan(int port) {
    this.port = port;
  }

  List<Key> keys() throws IOException {
    try (var wire = new RedisWire(port, 30_000)) {
      var keys = new ArrayList<Key>();
      for (String name : names(wire)) {
        String type = String.valueOf(wire.ask("TYPE", name));
        String size = SIZES.get(type);
        if (size != null) { // else it has ended since
          keys.add(new Key(name, type, wire.number("PTTL", name), wire.number(size, name)));
        }
      }
      return keys;
    }
  }

  private static Set<String> names(RedisWire wire) throws IOException {
    var names = new TreeSet<String>();
    String cursor = "0";
    do {
      if (wire.ask("SCAN", cursor, "MATCH", PREFIX + "*", "COUNT", "1000") instanceof List<?> page
          && page.getLast() instanceof List<?> found) {
        cursor = String.valueOf(page.getFirst());
        found.forEach(name -> names.add(String.valueOf(name)));
      }
    } while (!cursor.equals("0"));
    return names;
  }

  Map<String, Long> counts() throws IOException {
    try (var wire = new RedisWire(port)) {
      List<String> pairs = wire.texts("HGETALL", PREFIX + "cnt");
      var counts = new LinkedHashMap<String, Long>();
      for (int i = 0; i + 1 < pairs.size(); i += 2) {
        counts.put(pairs.get(i), Long.parseLong(pairs.get(i + 1)));
      }
      return counts;
    }
  }

  /** Records by the state that stands in their head. */
  Map<String, Long> states() throws IOException {
    try (var wire = new RedisWire(port, 30_000)) {
      var states = new LinkedHashMap<String, Long>();
      for (String name : names(wire)) {
        if (name.startsWith(RECORD)) {
          String state = String.valueOf(wire.ask("GETRANGE", name, "1", "1"));
          states.merge(ENDS.getOrDefault(state, "open"), 1L, Long::sum);
        }
      }
      return states;
    }
  }

  /** Keys that are named after one of these jobs or hold it as a member. */
  List<String> traces(List<String> ids) throws IOException {
    Set<String> gone = new HashSet<>(ids);
    try (var wire = new RedisWire(port, 30_000)) {
      var traces = new ArrayList<String>();
      for (String name : names(wire)) {
        if (Stream.of(name.split(":", -1)).anyMatch(gone::contains)) {
          traces.add(name);
        } else if (wire.ask("TYPE", name) instanceof String type && type.equals("zset")) {
          for (String member : wire.texts("ZRANGE", name, "0", "-1")) {
            if (member.length() >= 26 && gone.contains(member.substring(0, 26))) {
              traces.add(name + " " + member);
            }
          }
        }
      }
      return traces;
    }
  }
}
