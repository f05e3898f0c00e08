package io.threadmill.redis;

import io.threadmill.job.Neighbours;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.redisson.api.RScoredSortedSet;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisException;
import org.redisson.client.codec.StringCodec;

/**
 * Ports by machine, each renewed with its instance's heartbeat. The times are this machine's own:
 * only instances on it read them. Thread-safe.
 */
final class RedisNeighbours implements Neighbours {

  /** A port is believed this long after its instance's last sign of life. */
  private static final Duration BELIEVED = Duration.ofSeconds(20);

  private final RScoredSortedSet<String> ports;
  private final InstantSource clock;
  private volatile int own;

  RedisNeighbours(RedissonClient redisson, InstantSource clock) {
    ports =
        redisson.getScoredSortedSet(
            RedisScripts.PREFIX + "ports:" + machine(), StringCodec.INSTANCE);
    this.clock = clock;
  }

  private static String machine() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException _) {
      return "localhost";
    }
  }

  @Override
  public void listening(int port) {
    own = port;
    renew();
  }

  /** Part of each heartbeat. */
  void renew() {
    if (own == 0) {
      return;
    }
    try {
      double until = clock.millis() + BELIEVED.toMillis();
      ports.add(until, Integer.toString(own));
      ports.removeRangeByScore(0, true, (double) clock.millis(), true);
      ports.expire(BELIEVED.multipliedBy(2));
    } catch (RedisException _) {
      // The next beat renews it.
    }
  }

  @Override
  public Set<Integer> ports() {
    var found = new HashSet<Integer>();
    if (own != 0) {
      found.add(own);
    }
    try {
      Collection<String> live =
          ports.valueRange((double) clock.millis(), true, Double.POSITIVE_INFINITY, true);
      live.forEach(port -> found.add(Integer.parseInt(port)));
    } catch (RedisException _) {
      // Its own port stands.
    }
    return found;
  }
}
