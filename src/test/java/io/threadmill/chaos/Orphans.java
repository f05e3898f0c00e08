package io.threadmill.chaos;

import io.threadmill.chaos.History.Job;
import io.threadmill.chaos.History.Key;
import java.util.List;
import java.util.regex.Pattern;

/** I12: at rest no key is left without an owner or an end, and what was deleted leaves no trace. */
final class Orphans implements Invariant {

  /** What belongs to work under way, of which there is none. */
  private static final Pattern OF_WORK =
      Pattern.compile(
          "(lane|sub|ring|bands|pw|res|pg|c|cx|f|fw|fl|run):.*|due|parked|parkinfo|landing");

  private static final List<String> LASTING =
      List.of("x:all", "ended", "cnt", "ev", "clk", "inst", "limits");

  private static final Pattern LASTING_FAMILY = Pattern.compile("(x:[tg]|lim|wake):.*");

  @Override
  public String number() {
    return "I12";
  }

  @Override
  public String title() {
    return "no key without an owner";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("keys");
    for (Key key : evidence.history().dump().keys()) {
      String name = key.name().substring("{tm}:".length());
      findings.looked();
      if (OF_WORK.matcher(name).matches() && key.ttl() < 0) {
        findings.violation("%s is left, with %d entries", key.name(), key.size());
      } else if (name.startsWith("j:")) {
        if (!evidence.jobs().containsKey(name.substring(2))) {
          findings.violation("%s is a record that no list and no client knows", key.name());
        }
      } else if (name.startsWith("o:")) {
        ofAJob(key, name.substring(2, 28), evidence, findings);
      } else if (key.ttl() < 0
          && !OF_WORK.matcher(name).matches()
          && !LASTING.contains(name)
          && !LASTING_FAMILY.matcher(name).matches()) {
        findings.violation("%s has neither an owner nor an end", key.name());
      }
    }
    evidence
        .history()
        .dump()
        .traces()
        .forEach(trace -> findings.violation("a deleted job is still named in %s", trace));
    return findings;
  }

  private static void ofAJob(Key key, String id, Evidence evidence, Findings findings) {
    Job job = evidence.jobs().get(id);
    if (job == null) {
      findings.violation("%s is a result without a job", key.name());
    } else if (key.ttl() < 0 && !job.state().equals("succeeded")) {
      findings.violation("%s has no end, and its job has no result", key.name());
    }
  }
}
