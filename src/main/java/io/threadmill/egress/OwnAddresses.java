package io.threadmill.egress;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The addresses of this machine's interfaces, public ones too: through them a caller would reach
 * services that listen for the machine itself. Read anew when older than ten seconds, since
 * interfaces come and go. Thread-safe; two readers at once do the same work twice.
 */
final class OwnAddresses implements Predicate<InetAddress> {

  private static final long FRESH_NANOS = 10_000_000_000L;

  private record Known(Set<InetAddress> addresses, long readAt) {}

  private volatile Known known = read();

  @Override
  public boolean test(InetAddress address) {
    Known current = known;
    if (System.nanoTime() - current.readAt() > FRESH_NANOS) {
      current = read();
      known = current;
    }
    return current.addresses().contains(address);
  }

  private static Known read() {
    try {
      return new Known(
          NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .collect(Collectors.toUnmodifiableSet()),
          System.nanoTime());
    } catch (SocketException _) {
      // No interfaces to be read: nothing can be dialled through them either.
      return new Known(Set.of(), System.nanoTime());
    }
  }
}
