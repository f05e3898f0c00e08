package io.threadmill.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A wire between a client and a Redis that fails on request: it delays both ways, cuts, freezes,
 * and loses replies only. On loopback. Thread-safe.
 */
public final class FaultyWire implements AutoCloseable {

  private static final int CHUNK = 64 * 1024;

  private final URI redis;
  private final ServerSocket listening;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final AtomicInteger lost = new AtomicInteger();
  private final Semaphore toLose = new Semaphore(0);
  private volatile @Nullable String marker;
  private volatile @Nullable String last;
  private volatile long delayNanos;
  private volatile boolean cut;
  private volatile boolean frozen;
  private volatile boolean closed;

  private FaultyWire(URI redis) throws IOException {
    this.redis = redis;
    listening = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
  }

  /** A wire to a server, without faults at first. */
  public static FaultyWire to(URI redis) {
    try {
      var wire = new FaultyWire(redis);
      Thread.ofVirtual().name("wire-accept").start(wire::accept);
      return wire;
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  /** The server's address by way of the wire, password included. */
  public URI uri() {
    String user = redis.getUserInfo() == null ? "" : redis.getUserInfo() + "@";
    return URI.create("redis://" + user + "127.0.0.1:" + listening.getLocalPort());
  }

  /** Everything arrives so much later, each way. */
  public void delay(Duration eachWay) {
    delayNanos = eachWay.toNanos();
  }

  /** Ends all connections and refuses new ones, until {@link #mend}. */
  public void cut() {
    cut = true;
    links.forEach(Link::close);
  }

  /** Connections stay open and nothing passes, until {@link #mend}. */
  public void freeze() {
    frozen = true;
  }

  /** No delay, no cut, no freeze. What a freeze held back passes now. */
  public void mend() {
    delayNanos = 0;
    cut = false;
    frozen = false;
  }

  /**
   * The next so many requests that hold a text reach the server, which carries them out; their
   * replies are lost, and with them their connections.
   */
  public void loseRepliesTo(String text, int times) {
    marker = text;
    toLose.drainPermits();
    toLose.release(times);
  }

  /** Freezes once the reply to a request that holds a text has passed. */
  public void freezeAfterReplyTo(String text) {
    last = text;
  }

  /** Replies lost so far. */
  public int lost() {
    return lost.get();
  }

  private void accept() {
    while (!closed) {
      try {
        Socket client = listening.accept();
        if (cut) {
          client.close();
          continue;
        }
        var server = new Socket();
        try {
          server.connect(new InetSocketAddress(redis.getHost(), redis.getPort()), 1000);
        } catch (IOException _) {
          client.close(); // the server itself is away
          server.close();
          continue;
        }
        new Link(client, server).begin();
      } catch (IOException _) {
        // closed, or one connection that did not come about
      }
    }
  }

  /** One connection, pumped both ways. */
  private final class Link {

    private final Socket client;
    private final Socket server;
    private volatile boolean losing;
    private volatile boolean freezing;

    Link(Socket client, Socket server) throws IOException {
      this.client = client;
      this.server = server;
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
    }

    void begin() {
      links.add(this);
      Thread.ofVirtual().name("wire-out").start(() -> pump(client, server, true));
      Thread.ofVirtual().name("wire-back").start(() -> pump(server, client, false));
      if (cut) {
        close();
      }
    }

    private void pump(Socket from, Socket to, boolean requests) {
      var chunk = new byte[CHUNK];
      try {
        InputStream in = from.getInputStream();
        for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
          hold();
          if (requests) {
            losing |= asked(chunk, n);
            freezing |= holds(last, chunk, n);
          } else if (losing) {
            lost.incrementAndGet();
            return;
          }
          to.getOutputStream().write(chunk, 0, n);
          if (!requests && freezing) {
            freezing = false;
            last = null;
            frozen = true;
          }
        }
      } catch (IOException _) {
        // either side is gone
      } finally {
        close();
      }
    }

    private boolean asked(byte[] chunk, int length) {
      return holds(marker, chunk, length) && toLose.tryAcquire();
    }

    private static boolean holds(@Nullable String text, byte[] chunk, int length) {
      return text != null && new String(chunk, 0, length, StandardCharsets.UTF_8).contains(text);
    }

    /** A chunk waits for the delay, and for as long as the wire is frozen. */
    private void hold() {
      if (delayNanos > 0) {
        LockSupport.parkNanos(delayNanos);
      }
      while (frozen && !closed && !cut) {
        LockSupport.parkNanos(1_000_000);
      }
    }

    void close() {
      links.remove(this);
      for (Socket socket : new Socket[] {client, server}) {
        try {
          socket.close();
        } catch (IOException _) {
          // it is gone already
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      listening.close();
    } catch (IOException _) {
      // it was closed before
    }
    links.forEach(Link::close);
  }
}
