package io.threadmill.chaos;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Three instances, each behind a proxy of its own to one Redis. Instances keep their ports over
 * restarts. Ends all of them, whatever happens. Thread-safe as far as the nemesis needs it: one
 * thread at a time works on one instance.
 */
final class Cluster implements AutoCloseable {

  static final int SIZE = 3;

  private static final Duration GRACE = Duration.ofSeconds(30);

  private final InstanceProcess.Setup setup;
  private final HttpClient http;
  private final RedisServer redis;
  private final List<TcpProxy> proxies = new ArrayList<>();
  private final int[] ports = new int[SIZE];
  private final InstanceProcess[] instances = new InstanceProcess[SIZE]; // guarded by this
  private final int[] starts = new int[SIZE]; // guarded by this
  private boolean closed; // guarded by this

  Cluster(InstanceProcess.Setup setup, HttpClient http) {
    this.setup = setup;
    this.http = http;
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "cluster-end")); // Ctrl-C
    redis = new RedisServer(setup.folder());
    for (int slot = 0; slot < SIZE; slot++) {
      proxies.add(new TcpProxy(redis.port()));
      ports[slot] = Processes.freePort();
    }
  }

  /** Starts all and waits until they take work. */
  void start() {
    for (int slot = 0; slot < SIZE; slot++) {
      launch(slot);
    }
    for (int slot = 0; slot < SIZE; slot++) {
      if (!instance(slot).awaitReady(http)) {
        throw new IllegalStateException(
            "instance %d did not start; see %s".formatted(slot, setup.folder()));
      }
    }
  }

  private synchronized InstanceProcess launch(int slot) {
    if (closed) {
      throw new IllegalStateException("the run is over");
    }
    var started =
        new InstanceProcess(setup, slot, ++starts[slot], ports[slot], proxies.get(slot).port());
    instances[slot] = started;
    return started;
  }

  synchronized InstanceProcess instance(int slot) {
    return instances[slot];
  }

  TcpProxy proxy(int slot) {
    return proxies.get(slot);
  }

  RedisServer redis() {
    return redis;
  }

  int port(int slot) {
    return ports[slot];
  }

  HttpClient http() {
    return http;
  }

  /** Another process in the place of one that is gone; tries again should Redis be away. */
  boolean restart(int slot) {
    for (int round = 0; round < 10; round++) {
      if (launch(slot).awaitReady(http)) {
        return true;
      }
      instance(slot).kill();
      if (Thread.currentThread().isInterrupted()) {
        return false;
      }
    }
    return false;
  }

  /** SIGTERM with the time that an orderly stop may take. */
  void stop(int slot) {
    instance(slot).stop(GRACE);
  }

  /** Whatever was done to it is over; what does not run is started. */
  void heal() {
    redis.thaw();
    for (int slot = 0; slot < SIZE; slot++) {
      proxy(slot).cut(false);
      proxy(slot).swallow(false);
      proxy(slot).delay(0);
      instance(slot).thaw();
    }
    for (int slot = 0; slot < SIZE; slot++) {
      if (!instance(slot).isAlive() && !restart(slot)) {
        throw new IllegalStateException("instance %d did not start again".formatted(slot));
      }
    }
  }

  /** All at once: each may take its grace. */
  void stopAll() throws InterruptedException {
    var threads = new ArrayList<Thread>();
    for (int slot = 0; slot < SIZE; slot++) {
      InstanceProcess last = instance(slot);
      threads.add(Thread.ofVirtual().start(() -> last.stop(GRACE)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      for (InstanceProcess instance : instances) {
        if (instance != null) {
          instance.kill();
        }
      }
    }
    proxies.forEach(TcpProxy::close);
    redis.close();
  }
}
