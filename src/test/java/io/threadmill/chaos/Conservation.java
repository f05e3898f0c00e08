package io.threadmill.chaos;

import io.threadmill.chaos.History.Dump;
import io.threadmill.chaos.History.Job;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** I11: at rest the counts are what a look at every job and every key finds. */
final class Conservation implements Invariant {

  /** As the scripts count for a job's places in indexes. */
  private static final int BESIDE = 600;

  private static final String OF_TYPE = ChaosHandler.TYPE + "|";

  @Override
  public String number() {
    return "I11";
  }

  @Override
  public String title() {
    return "counts are what is there";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("counts");
    Dump dump = evidence.history().dump();
    Map<String, Long> found = new HashMap<>();
    for (Job job : dump.jobs()) {
      if (job.status() == 200) {
        found.merge(job.state(), 1L, Long::sum);
      }
    }
    compare("GET /v1/jobs/counts", found, dump.counts(), findings);
    var kept = new HashMap<String, Long>();
    dump.cnt()
        .forEach((name, value) -> {
          if (name.startsWith(OF_TYPE)) {
            kept.put(name.substring(OF_TYPE.length()), value);
          }
        });
    compare("the hash cnt", found, kept, findings);
    compare("a scan of the records", ends(found), ends(dump.scanned()), findings);
    long open =
        found.entrySet().stream()
            .filter(entry -> !Evidence.isEnd(entry.getKey()))
            .mapToLong(Map.Entry::getValue)
            .sum();
    long counted = dump.cnt().getOrDefault("open", 0L);
    findings.require(counted == open, "%d jobs are counted open, %d are", counted, open);
    long bytes = dump.keys().stream().mapToLong(Conservation::cost).sum();
    long summed = dump.cnt().getOrDefault("bytes", 0L);
    findings.require(summed == bytes, "%d bytes are counted, jobs cost %d", summed, bytes);
    Set<String> listed = new TreeSet<>(dump.listed());
    findings.require(
        listed.size() == dump.listed().size(), "the walk at the end listed a job twice");
    return findings;
  }

  /**
   * What a key is counted as: a record and what stands beside it, or a result that stands apart.
   */
  private static long cost(History.Key key) {
    if (key.name().startsWith("{tm}:j:")) {
      return key.size() + BESIDE;
    }
    return key.name().startsWith("{tm}:o:") ? key.size() : 0;
  }

  private static Map<String, Long> ends(Map<String, Long> counts) {
    var ends = new HashMap<>(counts);
    ends.keySet().removeIf(state -> !Evidence.isEnd(state));
    return ends;
  }

  private static void compare(
      String what, Map<String, Long> found, Map<String, Long> told, Findings findings) {
    var states = new TreeSet<>(found.keySet());
    states.addAll(told.keySet());
    for (String state : states) {
      long is = found.getOrDefault(state, 0L);
      long says = told.getOrDefault(state, 0L);
      findings.require(is == says, "%s says %d %s, there are %d", what, says, state, is);
    }
  }
}
