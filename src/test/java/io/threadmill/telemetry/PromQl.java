package io.threadmill.telemetry;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Finds in a query what tests judge; it knows as much of PromQL as our queries use. */
final class PromQl {

  private static final Pattern NAME =
      Pattern.compile(
          "(?:threadmill|jvm|process|system|http|executor|logback)_[a-z0-9_]+|\\bup\\b");
  private static final Pattern SELECTOR = Pattern.compile("(" + NAME + "|ALERTS)\\{([^}]*)}");
  private static final Pattern MATCHER = Pattern.compile("([a-z]+)(=~|!~|=|!=)\"([^\"]*)\"");
  private static final Pattern GROUPING = Pattern.compile("\\b(?:by|without) \\(([^)]*)\\)");
  private static final Pattern STRING = Pattern.compile("\"[^\"]*\"");

  private static final Set<String> CLUSTER_WIDE =
      Set.of(
          prometheusName(Meter.JOBS_STATE),
          prometheusName(Meter.JOBS_OLDEST_READY),
          prometheusName(Meter.BACKLOG_RATIO),
          prometheusName(Meter.REDIS_MEMORY_USED),
          prometheusName(Meter.REDIS_MEMORY_LIMIT),
          prometheusName(Meter.CACHE_ENTRIES),
          prometheusName(Meter.CACHE_BYTES));

  private PromQl() {}

  /** A series chosen, with its label matchers. */
  record Selector(String metric, Map<String, String> matchers) {}

  static List<Selector> selectors(String expr) {
    return SELECTOR
        .matcher(expr)
        .results()
        .map(found -> new Selector(found.group(1), matchers(found.group(2))))
        .toList();
  }

  private static Map<String, String> matchers(String text) {
    var matchers = new TreeMap<String, String>();
    MATCHER
        .matcher(text)
        .results()
        .forEach(found -> matchers.put(found.group(1), found.group(2) + found.group(3)));
    return matchers;
  }

  static Set<String> metrics(String expr) {
    return new TreeSet<>(
        NAME.matcher(STRING.matcher(expr).replaceAll("\"\""))
            .results()
            .map(MatchResult::group)
            .toList());
  }

  static Set<String> groupings(String expr) {
    var labels = new TreeSet<String>();
    GROUPING
        .matcher(expr)
        .results()
        .forEach(found -> labels.addAll(List.of(found.group(1).split(", *"))));
    return labels;
  }

  /**
   * The metrics that each instance shows alike and that the query does more to than their maximum.
   */
  static Set<String> notByMaximum(String expr) {
    var wrong = new TreeSet<String>();
    for (String metric : metrics(expr)) {
      if (CLUSTER_WIDE.contains(metric)) {
        int all = count(metric + "\\b", expr);
        int byMaximum =
            count("max(?: by \\([a-z, ]+\\))? ?\\((?:deriv\\()?" + metric + "\\b", expr);
        if (all != byMaximum) {
          wrong.add(metric);
        }
      }
    }
    return wrong;
  }

  private static int count(String pattern, String text) {
    return (int) Pattern.compile(pattern).matcher(text).results().count();
  }

  /** The names under which Prometheus sees our meters, each with its meter. */
  static Map<String, Meter> ours() {
    var names = new TreeMap<String, Meter>();
    for (Meter meter : Meter.values()) {
      String base = meter.id().replace('.', '_');
      switch (meter.kind()) {
        case GAUGE -> names.put(base, meter);
        case COUNTER -> names.put(base + "_total", meter);
        case TIMER ->
            List.of("_bucket", "_count", "_sum", "_max")
                .forEach(end -> names.put(base + "_seconds" + end, meter));
      }
    }
    return names;
  }

  private static String prometheusName(Meter gauge) {
    return gauge.id().replace('.', '_');
  }
}
