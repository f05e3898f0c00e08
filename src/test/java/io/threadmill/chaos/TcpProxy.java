package io.threadmill.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Stands between one instance and Redis. Passes bytes on, late if told so; cuts connections and
 * refuses new ones; or lets requests through and swallows the answers, which is how a command comes
 * to be carried out without its sender knowing. A connection that missed an answer is closed
 * afterwards: what follows on it would be taken for that answer. Thread-safe.
 */
final class TcpProxy implements AutoCloseable {

  private final ServerSocket door;
  private final int target;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private volatile long delayMillis;
  private volatile boolean cut;
  private volatile boolean swallowing;
  private volatile Predicate<String> swallowOnce = request -> false;
  private final AtomicInteger swallowed = new AtomicInteger();

  TcpProxy(int target) {
    this.target = target;
    try {
      door = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
    Thread.ofVirtual().name("proxy-door").start(this::accept);
  }

  int port() {
    return door.getLocalPort();
  }

  /** Answers that never arrived. */
  int swallowed() {
    return swallowed.get();
  }

  void delay(long millis) {
    delayMillis = millis;
  }

  void cut(boolean on) {
    cut = on;
    if (on) {
      links.forEach(Link::close);
    }
  }

  /** Swallows all answers from now on; connections that missed some end with it. */
  void swallow(boolean on) {
    swallowing = on;
    if (!on) {
      links.stream().filter(link -> link.missed).forEach(Link::close);
    }
  }

  /** Swallows the next answer to a request like this, and closes that connection. */
  void swallowOnce(Predicate<String> request) {
    swallowOnce = request;
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        if (cut) {
          client.close();
        } else {
          Thread.ofVirtual().name("proxy-link").start(() -> open(client));
        }
      } catch (IOException _) {
        // One connection less, or the door is closed.
      }
    }
  }

  private void open(Socket client) {
    var server = new Socket();
    var link = new Link(client, server);
    try {
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 1000);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      links.add(link);
      Thread.ofVirtual().name("proxy-back").start(link::passAnswers);
      link.passRequests();
    } catch (IOException _) {
      link.close();
    }
  }

  /** One connection of the instance and its counterpart to Redis. */
  private final class Link {
    private final Socket client;
    private final Socket server;
    private volatile boolean missed;
    private volatile boolean missNext;

    Link(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void passRequests() {
      byte[] buffer = new byte[64 * 1024];
      try (InputStream in = client.getInputStream()) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          await();
          if (swallowOnce.test(new String(buffer, 0, n, StandardCharsets.ISO_8859_1))) {
            swallowOnce = request -> false;
            missNext = true;
          }
          server.getOutputStream().write(buffer, 0, n);
        }
      } catch (IOException _) {
        // Ends below.
      }
      close();
    }

    void passAnswers() {
      byte[] buffer = new byte[64 * 1024];
      try (InputStream in = server.getInputStream()) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          if (missNext) {
            swallowed.incrementAndGet();
            break;
          }
          if (swallowing) {
            missed = true;
            swallowed.incrementAndGet();
          } else {
            await();
            client.getOutputStream().write(buffer, 0, n);
          }
        }
      } catch (IOException _) {
        // Ends below.
      }
      close();
    }

    private void await() {
      long delay = delayMillis;
      if (delay > 0) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(delay));
      }
    }

    void close() {
      links.remove(this);
      for (Socket socket : new Socket[] {client, server}) {
        try {
          socket.close();
        } catch (IOException _) {
          // Closed is what it should be.
        }
      }
    }
  }

  @Override
  public void close() {
    try {
      door.close();
    } catch (IOException _) {
      // Closed is what it should be.
    }
    links.forEach(Link::close);
  }
}
