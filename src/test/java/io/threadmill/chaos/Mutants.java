package io.threadmill.chaos;

import io.threadmill.chaos.Mutant.Patch;
import java.util.List;
import java.util.Optional;

/** The planted faults there are. */
final class Mutants {

  static final List<Mutant> ALL =
      List.of(
          script(
              "no-fence",
              "complete and fail do not compare the lease",
              Scenario.FREEZE,
              "I4",
              new Patch(
                  "preamble",
                  "return nil, recorded_before(parse(s), lease) and 'A' or 'R'",
                  "return parse(s), NOW, ''")),
          script(
              "take-not-idempotent",
              "a take sent again takes other jobs",
              Scenario.LOST_TAKES,
              "I6",
              new Patch(
                  "take",
                  "if before and sub(before, 1, #request) == request then",
                  "if false then")),
          new Mutant(
              "record-before-store",
              "the outcome is recorded before its large result is stored",
              Scenario.KILL,
              "I3",
              List.of(),
              Optional.of(LateResults.class.getName())),
          script(
              "local-clock",
              "scripts use their instance's clock, and one is ahead",
              Scenario.CALM,
              "I13",
              new Patch(
                  "preamble",
                  "local call, sub, fmt = redis.call, string.sub, string.format",
                  """
                  local sub, fmt = string.sub, string.format
                  local function call(name, ...)
                    local answer = redis.call(name, ...)
                    if name == 'TIME' and %SLOT% == 1 then
                      answer[1] = fmt('%d', tonumber(answer[1]) + 3)
                    end
                    return answer
                  end
                  """)),
          script(
              "counter-drift",
              "the count of open jobs is not lowered by a failure",
              Scenario.CALM,
              "I11",
              new Patch(
                  "preamble",
                  "moved(r, from, NAMES[state])",
                  "if state ~= 'F' then moved(r, from, NAMES[state]) end")),
          script(
              "lost-wake-up",
              "work that comes in wakes nobody",
              Scenario.CALM,
              "I13",
              new Patch("preamble", "for pool in pairs(to_wake) do", "for pool in pairs({}) do")),
          script(
              "promote-forgets",
              "a job whose time has come is not queued",
              Scenario.CALM,
              "I1",
              new Patch("promote", "push(id, r)", "")),
          script(
              "limit-not-freed",
              "a place under a limit is not given back",
              Scenario.CALM,
              "I1",
              new Patch("preamble", "if r.key ~= '' then free('k:' .. r.key, id) end", "")),
          script(
              "limit-ignored",
              "a key's concurrency is not looked at",
              Scenario.CALM,
              "I15",
              new Patch("preamble", "local used = call('ZCARD', reserved)", "local used = 0")),
          script(
              "cancel-forgotten",
              "the instance that runs a cancelled job is not told",
              Scenario.CALM,
              "I18",
              new Patch(
                  "preamble",
                  "local call, sub, fmt = redis.call, string.sub, string.format",
                  """
                  local sub, fmt = string.sub, string.format
                  local function call(name, ...)
                    if name == 'SADD' and string.find((...), ':cx:', 1, true) then return 0 end
                    return redis.call(name, ...)
                  end
                  """)),
          script(
              "key-not-stored",
              "an Idempotency-Key is not kept",
              Scenario.CALM,
              "I8",
              new Patch("enqueue", "if idem ~= '' then call('SET'", "if false then call('SET'")),
          script(
              "sweep-late",
              "jobs of a dead instance are taken over ten seconds late",
              Scenario.KILL,
              "I7",
              new Patch("sweep", "'-inf', NOW, 'LIMIT'", "'-inf', NOW - 10000, 'LIMIT'")),
          script(
              "walk-skips",
              "a page of the list begins one too late",
              Scenario.CALM,
              "I22",
              new Patch("list", "'LIMIT', 0, most)", "'LIMIT', ARGV[3] == '' and 0 or 1, most)")),
          script(
              "lowest-starves",
              "the highest priority is always served first",
              Scenario.CALM,
              "I16",
              new Patch("take", "% ageing == 0", "% ageing == ageing")),
          script(
              "drain-counts",
              "what a stopping instance hands back counts as lost",
              Scenario.TERM,
              "I20",
              new Patch("release", "started, 'released', lease", "started, 'lost', lease")));

  private Mutants() {}

  static Mutant named(String name) {
    return ALL.stream()
        .filter(mutant -> mutant.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no planted fault %s; there are %s"
                    .formatted(name, ALL.stream().map(Mutant::name).toList())));
  }

  private static Mutant script(
      String name, String planted, Scenario scenario, String caughtBy, Patch... patches) {
    return new Mutant(name, planted, scenario, caughtBy, List.of(patches), Optional.empty());
  }
}
