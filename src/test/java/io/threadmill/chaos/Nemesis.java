package io.threadmill.chaos;

import io.threadmill.chaos.History.Fault;
import io.threadmill.chaos.Schedule.Step;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Does what the schedule says, a thread a lane, and writes down when. */
final class Nemesis implements AutoCloseable {

  private final Cluster cluster;
  private final RunClock clock;
  private final Recording recording;
  private final long begin;
  private final long end;
  private final List<Thread> threads = new ArrayList<>();

  /**
   * @param lasting nothing new is begun once a quarter more than this is over, however slow the
   *     machine is
   */
  Nemesis(
      Schedule schedule, Duration lasting, Cluster cluster, RunClock clock, Recording recording) {
    this.cluster = cluster;
    this.clock = clock;
    this.recording = recording;
    begin = clock.now();
    end = begin + lasting.toMillis() * 5 / 4;
    for (List<Step> lane : schedule.lanes()) {
      threads.add(Thread.ofPlatform().daemon().name("nemesis").start(() -> follow(lane)));
    }
  }

  private void follow(List<Step> lane) {
    for (Step step : lane) {
      if (!clock.waitUntil(begin + step.at()) || clock.now() > end) {
        return;
      }
      try {
        inject(step);
      } catch (IOException _) { // Redis is down or frozen by the other lane: no such fault then
        continue;
      }
    }
  }

  private void inject(Step step) throws IOException {
    long from = clock.now();
    switch (step.kind()) {
      case KILL -> {
        cluster.instance(step.slot()).kill();
        told(step, from, step.slot());
        pause(step);
        boolean _ = cluster.restart(step.slot());
        return;
      }
      case TERM -> {
        roll(step);
        return;
      }
      case FREEZE_SHORT, FREEZE_LEASE, FREEZE_LONG -> {
        InstanceProcess frozen = cluster.instance(step.slot());
        frozen.freeze();
        pause(step);
        frozen.thaw();
      }
      case REDIS_KILL -> {
        cluster.redis().kill();
        pause(step);
        cluster.redis().restart();
      }
      case REDIS_FREEZE -> {
        cluster.redis().freeze();
        pause(step);
        cluster.redis().thaw();
      }
      case CLIENT_PAUSE -> {
        ask("CLIENT", "PAUSE", Long.toString(step.lasting()));
        pause(step);
      }
      case CLIENT_KILL -> ask("CLIENT", "KILL", "TYPE", "normal");
      case SCRIPT_FLUSH -> ask("SCRIPT", "FLUSH");
      case NET_DELAY -> {
        proxies(step).forEach(proxy -> proxy.delay(50 + step.lasting() % 200));
        pause(step);
        proxies(step).forEach(proxy -> proxy.delay(0));
      }
      case NET_CUT -> {
        proxies(step).forEach(proxy -> proxy.cut(true));
        pause(step);
        proxies(step).forEach(proxy -> proxy.cut(false));
      }
      case NET_MUTE -> {
        proxies(step).forEach(proxy -> proxy.swallow(true));
        pause(step);
        proxies(step).forEach(proxy -> proxy.swallow(false));
      }
      case LOST_TAKES -> loseSingly(step, Nemesis::isTake);
      case LOST_ENQUEUES -> loseSingly(step, Nemesis::isEnqueue);
    }
    told(step, from, step.slot());
  }

  /** Each instance once: asked to stop, waited for, started again. */
  private void roll(Step step) {
    for (int slot = 0; slot < Cluster.SIZE; slot++) {
      long from = clock.now();
      cluster.stop(slot);
      told(step, from, slot);
      if (!clock.waitUntil(clock.now() + step.lasting() / Cluster.SIZE) || !cluster.restart(slot)) {
        return;
      }
    }
  }

  /** Every half second one answer of one instance, each in its turn. */
  private void loseSingly(Step step, java.util.function.Predicate<String> request) {
    long end = clock.now() + step.lasting();
    for (int turn = 0; clock.now() < end; turn++) {
      cluster.proxy(turn % Cluster.SIZE).swallowOnce(request);
      if (!clock.waitUntil(clock.now() + 500)) {
        return;
      }
    }
    proxies(step).forEach(proxy -> proxy.swallowOnce(asked -> false));
  }

  /** A script call with the name of a pool and no name of a job type is a take. */
  static boolean isTake(String request) {
    return request.contains("EVALSHA")
        && request.contains("\r\n$6\r\nscrape\r\n")
        && !request.contains("\r\n$5\r\nchaos\r\n");
  }

  static boolean isEnqueue(String request) {
    return request.contains("EVALSHA") && request.contains("\r\n$5\r\nchaos\r\n$6\r\nscrape\r\n");
  }

  private List<TcpProxy> proxies(Step step) {
    return IntStream.range(0, Cluster.SIZE)
        .filter(slot -> step.slot() < 0 || step.slot() == slot)
        .mapToObj(cluster::proxy)
        .toList();
  }

  private void pause(Step step) {
    boolean _ = clock.waitUntil(clock.now() + step.lasting());
  }

  private void ask(String... command) throws IOException {
    try (var wire = new RedisWire(cluster.redis().port(), 1000)) {
      wire.ask(command);
    }
  }

  private void told(Step step, long from, int slot) {
    recording.fault(new Fault(step.kind(), slot, from, clock.now()));
  }

  /** Lets each lane end what it has begun. */
  @Override
  public void close() {
    for (Thread thread : threads) {
      try {
        thread.join(TimeUnit.MINUTES.toMillis(3));
      } catch (InterruptedException _) {
        thread.interrupt();
        Thread.currentThread().interrupt();
      }
    }
  }
}
