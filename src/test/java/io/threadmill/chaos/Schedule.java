package io.threadmill.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Which fault comes when: drawn from a seed alone, so that the same seed gives the same schedule.
 * Two lanes run beside each other, one for faults of instances and one for those of Redis and the
 * network, so that they overlap; within a lane one comes after the other, so that at most one
 * instance at a time is gone.
 */
record Schedule(List<List<Step>> lanes) {

  /**
   * A fault to come. Where the one before it in its lane takes longer than thought, it comes later.
   *
   * @param at milliseconds from the begin
   * @param slot the instance it hits; -1 for Redis and so all of them
   * @param lasting in milliseconds
   */
  record Step(long at, FaultKind kind, int slot, long lasting) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%.1fs %s%s %.1fs",
          at / 1000.0,
          kind.wireName(),
          slot < 0 ? "" : " i" + slot,
          lasting / 1000.0);
    }
  }

  private static final long FIRST = 4000;

  /** How long an instance takes to be back after its process ended, about. */
  private static final long START = 9000;

  static Schedule none() {
    return new Schedule(List.of());
  }

  static Schedule of(Step... steps) {
    return new Schedule(List.of(List.of(steps)));
  }

  /** Each main kind once, in a drawn order, then again for as long as there is time. */
  static Schedule draw(long seed, Duration lasting, Duration lease) {
    long end = lasting.toMillis();
    return new Schedule(
        List.of(
            lane(
                new Random(seed),
                List.of(
                    FaultKind.KILL,
                    FaultKind.FREEZE_SHORT,
                    FaultKind.FREEZE_LEASE,
                    FaultKind.FREEZE_LONG,
                    FaultKind.TERM),
                end,
                lease),
            lane(
                new Random(~seed),
                List.of(
                    FaultKind.REDIS_KILL,
                    FaultKind.REDIS_FREEZE,
                    FaultKind.CLIENT_PAUSE,
                    FaultKind.CLIENT_KILL,
                    FaultKind.SCRIPT_FLUSH,
                    FaultKind.NET_DELAY,
                    FaultKind.NET_CUT,
                    FaultKind.NET_MUTE,
                    FaultKind.LOST_TAKES,
                    FaultKind.LOST_ENQUEUES),
                end,
                lease)));
  }

  private static List<Step> lane(Random random, List<FaultKind> kinds, long end, Duration lease) {
    var steps = new ArrayList<Step>();
    var round = new ArrayList<FaultKind>();
    long at = FIRST + random.nextInt(2000);
    while (true) {
      if (round.isEmpty()) {
        round.addAll(kinds);
        Collections.shuffle(round, random);
      }
      Step step = step(at, round.removeLast(), random, lease.toMillis());
      long over = at + step.lasting() + after(step.kind());
      if (over > end) {
        return List.copyOf(steps);
      }
      steps.add(step);
      at = over + 1000 + random.nextInt(4000);
    }
  }

  private static Step step(long at, FaultKind kind, Random random, long lease) {
    int one = random.nextInt(Cluster.SIZE);
    int oneOrAll = random.nextInt(Cluster.SIZE + 1) - 1;
    int drawn = random.nextInt(1000);
    return switch (kind) {
      case KILL -> new Step(at, kind, one, 1000 + 3 * drawn);
      case FREEZE_SHORT -> new Step(at, kind, one, lease / 2);
      case FREEZE_LEASE -> new Step(at, kind, one, lease * 11 / 10);
      case FREEZE_LONG -> new Step(at, kind, one, lease * 2);
      case TERM -> new Step(at, kind, -1, Cluster.SIZE * 1500L);
      case REDIS_KILL -> new Step(at, kind, -1, 500 + 3 * drawn);
      case REDIS_FREEZE -> new Step(at, kind, -1, drawn < 800 ? 1000 + 5 * drawn : 12 * drawn);
      case CLIENT_PAUSE -> new Step(at, kind, -1, 500 + 3 * drawn);
      case CLIENT_KILL, SCRIPT_FLUSH -> new Step(at, kind, -1, 0);
      case NET_DELAY -> new Step(at, kind, oneOrAll, 3000 + 3 * drawn);
      case NET_CUT -> new Step(at, kind, oneOrAll, 500 + 4 * drawn);
      case NET_MUTE -> new Step(at, kind, oneOrAll, 500 + 3 * drawn);
      case LOST_TAKES, LOST_ENQUEUES -> new Step(at, kind, -1, 3000);
    };
  }

  private static long after(FaultKind kind) {
    return switch (kind) {
      case KILL -> START;
      case TERM -> Cluster.SIZE * START;
      default -> 0;
    };
  }

  List<Step> steps() {
    return lanes.stream()
        .flatMap(List::stream)
        .sorted((a, b) -> Long.compare(a.at(), b.at()))
        .toList();
  }
}
