package io.threadmill.chaos;

import io.threadmill.chaos.History.Call;
import io.threadmill.chaos.History.Execution;
import io.threadmill.chaos.History.Known;
import io.threadmill.chaos.History.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a run's folder back: the checks know nothing but what was written. */
final class HistoryReader {

  private static final JsonMapper JSON = Recording.JSON;

  private final Path folder;
  private final Setup setup;
  private final RunClock clock;

  private HistoryReader(Path folder) throws IOException {
    this.folder = folder;
    setup = JSON.readValue(Files.readString(folder.resolve("setup.json")), Setup.class);
    clock = new RunClock(setup.offset());
  }

  static History read(Path folder) throws IOException {
    var reader = new HistoryReader(folder);
    return new History(
        reader.setup,
        reader.calls(),
        reader.executions(),
        reader.lines("events.jsonl", History.Event.class),
        reader.lines("faults.jsonl", History.Fault.class),
        reader.lines("lives.jsonl", History.Life.class),
        reader.lines("stalls.jsonl", History.Stall.class),
        JSON.readValue(Files.readString(folder.resolve("dump.json")), History.Dump.class));
  }

  private <T> List<T> lines(String name, Class<T> type) throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve(name))) {
      return lines.map(line -> JSON.readValue(line, type)).toList();
    }
  }

  private List<Call> calls() throws IOException {
    Map<Long, Recording.Invoke> begun = new LinkedHashMap<>();
    Map<Long, Recording.Complete> ended = new HashMap<>();
    try (Stream<String> lines = Files.lines(folder.resolve("calls.jsonl"))) {
      lines.forEach(line -> {
        if (line.startsWith("{\"e\":\"invoke\"")) {
          var invoke = JSON.readValue(line, Recording.Invoke.class);
          begun.put(invoke.call(), invoke);
        } else {
          var complete = JSON.readValue(line, Recording.Complete.class);
          ended.put(complete.call(), complete);
        }
      });
    }
    var calls = new ArrayList<Call>();
    begun.forEach((number, invoke) -> calls.add(call(invoke, ended.get(number))));
    return calls;
  }

  private Call call(Recording.Invoke invoke, Recording.Complete end) {
    long begin = clock.at(invoke.nanos());
    if (end == null) {
      return new Call(
          invoke.call(),
          invoke.op(),
          invoke.slot(),
          begin,
          Long.MAX_VALUE,
          Known.INFO,
          0,
          invoke.order(),
          invoke.id(),
          null,
          0,
          List.of(),
          "");
    }
    return new Call(
        invoke.call(),
        invoke.op(),
        invoke.slot(),
        begin,
        clock.at(end.nanos()),
        end.e(),
        end.status(),
        invoke.order(),
        end.id() != null ? end.id() : invoke.id(),
        end.state(),
        end.run(),
        end.seen(),
        end.note());
  }

  private List<Execution> executions() throws IOException {
    Map<String, Execution> found = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files.filter(path -> path.getFileName().toString().startsWith("exec-")).toList()) {
        for (String line : Files.readAllLines(file)) {
          add(JSON.readTree(line), found);
        }
      }
    }
    return List.copyOf(found.values());
  }

  /** An execution is named by its process too: a fault may let two run one attempt. */
  private void add(JsonNode line, Map<String, Execution> found) {
    String id = line.path("id").asString();
    int attempt = line.path("attempt").asInt();
    int run = line.path("run").asInt();
    long pid = line.path("pid").asLong();
    long at = clock.at(line.path("nanos").asLong());
    String detail = line.path("detail").asString();
    String name = id + "/" + run + "/" + attempt + "/" + pid;
    if (line.path("e").asString().equals("begin")) {
      while (found.containsKey(name)) {
        name += "'"; // twice in one process: kept apart, for the checks to see
      }
      found.put(name, new Execution(id, run, attempt, detail, pid, at, 0, ""));
    } else {
      while (found.containsKey(name + "'")) {
        name += "'";
      }
      Execution begun = found.get(name);
      if (begun != null) {
        found.put(
            name, new Execution(id, run, attempt, begun.token(), pid, begun.begin(), at, detail));
      }
    }
  }
}
