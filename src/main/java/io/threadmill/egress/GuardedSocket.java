package io.threadmill.egress;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;

/**
 * The second check, where nothing can come between: a socket that connects to no address its
 * exchange may not dial. It knows no proxy, whatever the JVM's properties say.
 */
final class GuardedSocket extends Socket {

  private final HopGuard guard;

  GuardedSocket(HopGuard guard) {
    super(Proxy.NO_PROXY);
    this.guard = guard;
  }

  @Override
  public void connect(SocketAddress endpoint) throws IOException {
    connect(endpoint, 0);
  }

  @Override
  public void connect(SocketAddress endpoint, int timeout) throws IOException {
    Exchange exchange = Exchange.CURRENT.get();
    if (!(endpoint instanceof InetSocketAddress inet)
        || inet.isUnresolved()
        || !guard.admits(exchange.clearance(), inet.getAddress())) {
      exchange.block();
      throw new ConnectException("blocked");
    }
    exchange.dial(this);
    super.connect(endpoint, timeout);
  }
}
