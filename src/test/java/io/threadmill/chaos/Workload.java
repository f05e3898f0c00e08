package io.threadmill.chaos;

import io.threadmill.chaos.Client.Answer;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What one kind of client does, each time it is its turn; drawn from the random it is given. */
enum Workload {
  SINGLE(30) {
    @Override
    void act(Client client, Pen pen) {
      pen.learn(client.submit(pen.slot(), pen.maybeListed(pen.order(20, 150))));
    }
  },
  /** Under way long enough for a fault to find it so. */
  LONG(3) {
    @Override
    void act(Client client, Pen pen) {
      client.submit(pen.slot(), pen.order(800, 2500));
    }
  },
  /** Forty at once. */
  BURST(0.4) {
    @Override
    void act(Client client, Pen pen) {
      for (int i = 0; i < 40; i++) {
        client.submit(pen.slot(), pen.order(10, 80).keyed("burst-" + pen.upTo(4), pen.upTo(10)));
      }
    }
  },
  /** Many of the highest priority and one of the lowest, which must not wait for all of them. */
  FLOOD(0.06) {
    @Override
    void act(Client client, Pen pen) {
      for (int i = 0; i < 240; i++) {
        client.submit(pen.slot(), pen.order(60, 100).keyed("flood-" + i % 2, 9));
        if (i == 120) {
          client.submit(pen.slot(), pen.order(10, 20).keyed("low", 0));
        }
      }
    }
  },
  KEYED(16) {
    @Override
    void act(Client client, Pen pen) {
      String key = Limits.NAMES.get(pen.upTo(Limits.NAMES.size()));
      client.submit(pen.slot(), pen.order(20, 60).keyed(key, 4 + pen.upTo(2)));
    }
  },
  /** Fails once or twice, then succeeds; or never does. */
  FAILING(4) {
    @Override
    void act(Client client, Pen pen) {
      client.submit(pen.slot(), pen.order(10, 80).failing(1 + pen.upTo(3), 0, false));
    }
  },
  DELAYED(8) {
    @Override
    void act(Client client, Pen pen) {
      Order order = pen.order(10, 50);
      long after = 200 + pen.upTo(3800);
      client.submit(
          pen.slot(), pen.upTo(2) == 0 ? order.delayed(after) : order.at(pen.now() + after));
    }
  },
  /** Cancels what waits or runs, at another instance. */
  CANCEL(4) {
    @Override
    void act(Client client, Pen pen) {
      Order order = pen.order(5000, 8000);
      Answer told = client.submit(pen.slot(), pen.upTo(4) == 0 ? order.delayed(1000) : order);
      if (told.ok() && pen.pause(pen.upTo(600))) {
        client.cancel(pen.slot(), told.id());
      }
    }
  },
  /** Queues a failed job again; its second run succeeds. */
  RETRY(2) {
    @Override
    void act(Client client, Pen pen) {
      Answer told = client.submit(pen.slot(), pen.order(10, 80).failing(0, 1, true));
      if (told.ok() && client.get(pen.slot(), told.id(), 5).state().equals("failed")) {
        client.retry(pen.slot(), told.id());
      }
    }
  },
  /** The same twice, at two instances, until both are answered; then another body. */
  IDEMPOTENT(4) {
    @Override
    void act(Client client, Pen pen) {
      Order order = pen.order(20, 100);
      order = order.under("once-" + order.token());
      boolean first = insist(client, pen, order, 20);
      boolean again = insist(client, pen, order, 20);
      if (first && again) {
        client.submit(pen.slot(), order.keyed("another-body", 3));
      }
    }
  },
  WAIT(3) {
    @Override
    void act(Client client, Pen pen) {
      Answer told = client.submit(pen.slot(), pen.order(20, 400), 5);
      if (told.state().equals("succeeded")) {
        client.result(pen.slot(), told.id());
      }
    }
  },
  /** A result too large to stand in the job's record. */
  LARGE(1.5) {
    @Override
    void act(Client client, Pen pen) {
      Answer told = client.submit(pen.slot(), pen.order(20, 100).yielding(90_000), 5);
      if (told.state().equals("succeeded")) {
        client.result(pen.slot(), told.id());
      }
    }
  },
  STREAM(1) {
    @Override
    void act(Client client, Pen pen) {
      Answer told = client.submit(pen.slot(), pen.order(300, 600).failing(1, 0, false));
      if (told.ok()) {
        new StreamReader(client).follow(pen.slot(), pen.slot(), told.id());
      }
    }
  },
  WALK(0.7) {
    @Override
    void act(Client client, Pen pen) {
      new Walker(client).walk(pen.slot(), "tag=" + Pen.LISTED, 20);
    }
  },
  COUNTS(1) {
    @Override
    void act(Client client, Pen pen) {
      client.counts(pen.slot());
    }
  },
  READ(6) {
    @Override
    void act(Client client, Pen pen) {
      String id = pen.anyKnown();
      if (id != null) {
        client.get(pen.slot(), id, 0);
      }
    }
  };

  private final double perSecond;

  Workload(double perSecond) {
    this.perSecond = perSecond;
  }

  double perSecond() {
    return perSecond;
  }

  abstract void act(Client client, Pen pen);

  private static boolean insist(Client client, Pen pen, Order order, int times) {
    for (int i = 0; i < times; i++) {
      if (client.submit(pen.slot(), order).ok()) {
        return true;
      }
      if (!pen.pause(500)) {
        return false;
      }
    }
    return false;
  }

  /** Draws what a client does. One turn, one pen, one random of its own. */
  static final class Pen {

    /** The tag of jobs that walks look for. */
    static final String LISTED = "listed";

    private final String name;
    private final SplittableRandom random;
    private final RunClock clock;
    private final Load.KnownIds known;
    private int drawn;

    Pen(String name, SplittableRandom random, RunClock clock, Load.KnownIds known) {
      this.name = name;
      this.random = random;
      this.clock = clock;
      this.known = known;
    }

    int upTo(int bound) {
      return random.nextInt(bound);
    }

    int slot() {
      return upTo(Cluster.SIZE);
    }

    Order order(int leastWork, int mostWork) {
      return Order.of(name + "-" + drawn++, leastWork + upTo(mostWork - leastWork));
    }

    Order maybeListed(Order order) {
      return upTo(10) == 0 ? order.tagged(LISTED) : order;
    }

    long now() {
      return clock.now();
    }

    boolean pause(long millis) {
      return clock.waitUntil(clock.now() + millis);
    }

    void learn(Answer told) {
      if (told.ok()) {
        known.learn(told.id());
      }
    }

    @Nullable String anyKnown() {
      return known.any(random.nextInt(Integer.MAX_VALUE));
    }
  }
}
