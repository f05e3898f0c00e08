package io.threadmill.chaos;

import io.threadmill.chaos.History.Known;
import io.threadmill.chaos.History.Setup;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One run from its first process to its last: load and faults, healing, a calm spell, drain, dump.
 * Leaves a folder with the history; judges nothing.
 *
 * @param lasting how long faults may come
 * @param calm how long the load goes on after the last one was healed
 * @param drain how long jobs may take to end once the load is over
 */
record Run(
    Path folder,
    long seed,
    Duration lasting,
    Duration calm,
    Duration drain,
    Schedule schedule,
    Mutant mutant) {

  static final Duration LEASE = Duration.ofSeconds(8);

  private static final int SLOTS = 16;

  /** From this length on each kind of fault has its turn. */
  private static final Duration WHOLE = Duration.ofMinutes(2);

  private static final Pattern FENCED =
      Pattern.compile("(?m)^threadmill_(?:outcomes|leases)_fenced_total\\S* ([0-9.]+)");

  static Run drawn(Path folder, long seed, Duration lasting) {
    return new Run(
        folder,
        seed,
        lasting,
        Duration.ofSeconds(22),
        Duration.ofSeconds(90),
        Schedule.draw(seed, lasting, LEASE),
        Mutant.none(Scenario.CALM));
  }

  static Run planted(Path folder, long seed, Mutant mutant) {
    Scenario scenario = mutant.scenario();
    return new Run(
        folder,
        seed,
        scenario.lasting(),
        Duration.ofSeconds(2),
        Duration.ofSeconds(20),
        scenario.schedule(),
        mutant);
  }

  void go() throws IOException, InterruptedException {
    RunClock clock = RunClock.start();
    try (var http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
        var recording = new Recording(folder);
        var cluster =
            new Cluster(
                new InstanceProcess.Setup(folder, clock, recording, LEASE, SLOTS, mutant), http)) {
      cluster.start();
      var client = new Client(cluster, recording);
      Limits.set(client, cluster.redis().port());
      try (var stalls = new StallTicker(clock, recording, new ForeignLoad(folder));
          var tail = new EventTail(cluster.redis().port(), recording)) {
        long begin = clock.now();
        long healed = loadAndFaults(cluster, client, clock, recording);
        long loadEnd = clock.now();
        awaitEnds(client, clock);
        long drained = clock.now();
        long fenced = fenced(cluster, client);
        recording.whole(
            "dump.json", new Dumper(client, cluster.redis().port()).dump(told(recording)));
        cluster.stopAll();
        tail.close();
        recording.whole(
            "setup.json",
            new Setup(
                seed,
                clock.offset(),
                LEASE.toMillis(),
                LEASE.toMillis() / 4,
                SLOTS,
                Limits.ALL,
                begin,
                healed,
                loadEnd,
                drained,
                lasting.compareTo(WHOLE) >= 0,
                tail.whole(),
                fenced));
      }
    }
  }

  private long loadAndFaults(Cluster cluster, Client client, RunClock clock, Recording recording) {
    long end = clock.now() + lasting.toMillis();
    try (var _ = new Load(client, clock, seed)) {
      try (var _ = new Nemesis(schedule, lasting, cluster, clock, recording)) {
        boolean _ = clock.waitUntil(end);
      }
      cluster.heal();
      long healed = clock.now();
      boolean _ = clock.waitUntil(healed + calm.toMillis());
      return healed;
    }
  }

  /** Until every job has ended or the time is over; the checks tell which. */
  private void awaitEnds(Client client, RunClock clock) {
    long end = clock.now() + drain.toMillis();
    while (clock.now() < end) {
      var states = client.counts(0).body().path("byState");
      if (states.has("queued")
          && states.path("scheduled").asLong() == 0
          && states.path("queued").asLong() == 0
          && states.path("running").asLong() == 0) {
        return;
      }
      boolean _ = clock.waitUntil(clock.now() + 200);
    }
  }

  private static long fenced(Cluster cluster, Client client)
      throws IOException, InterruptedException {
    double sum = 0;
    for (int slot = 0; slot < Cluster.SIZE; slot++) {
      var request = client.to(slot, "/actuator/prometheus").build();
      String page =
          cluster.http().send(request, java.net.http.HttpResponse.BodyHandlers.ofString()).body();
      Matcher found = FENCED.matcher(page);
      while (found.find()) {
        sum += Double.parseDouble(found.group(1));
      }
    }
    return Math.round(sum);
  }

  /** Ids that clients were answered, from what is written so far. */
  private Set<String> told(Recording recording) throws IOException {
    recording.flush();
    Set<String> ids = new HashSet<>();
    try (Stream<String> lines = Files.lines(folder.resolve("calls.jsonl"))) {
      lines
          .filter(line -> line.startsWith("{\"e\":\"" + Known.OK))
          .map(line -> Recording.JSON.readValue(line, Recording.Complete.class).id())
          .filter(id -> id != null)
          .forEach(ids::add);
    }
    return ids;
  }
}
