package io.threadmill.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.threadmill.redis.RedisFixture;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The proxy before a real Redis. */
@Timeout(30)
class TcpProxyIT {

  private static RedisWire through(TcpProxy proxy) throws IOException {
    var wire = new RedisWire(proxy.port(), 2000);
    String secret = RedisFixture.uri().getUserInfo();
    if (secret != null) {
      wire.ask("AUTH", secret.substring(secret.indexOf(':') + 1));
    }
    return wire;
  }

  private static TcpProxy proxy() {
    return new TcpProxy(RedisFixture.uri().getPort());
  }

  @Test
  void passesOnWhatIsSaid() throws IOException {
    try (TcpProxy proxy = proxy();
        RedisWire wire = through(proxy)) {
      wire.ask("SET", "chaos:a", "1");
      assertThat(wire.ask("GET", "chaos:a")).isEqualTo("1");
    }
  }

  @Test
  void aSwallowedAnswerIsToACommandThatWasCarriedOut() throws IOException {
    try (TcpProxy proxy = proxy();
        RedisWire mute = through(proxy)) {
      mute.ask("DEL", "chaos:count");
      proxy.swallowOnce(request -> request.contains("INCR"));
      assertThatThrownBy(() -> mute.ask("INCR", "chaos:count")).isInstanceOf(IOException.class);
      try (RedisWire wire = through(proxy)) {
        assertThat(wire.ask("GET", "chaos:count")).isEqualTo("1");
      }
      assertThat(proxy.swallowed()).isEqualTo(1);
    }
  }

  @Test
  void aCutEndsConnectionsAndRefusesNewOnesUntilItIsOver() throws IOException {
    try (TcpProxy proxy = proxy();
        RedisWire wire = through(proxy)) {
      proxy.cut(true);
      assertThatThrownBy(() -> wire.ask("PING")).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> through(proxy).ask("PING")).isInstanceOf(IOException.class);
      proxy.cut(false);
      try (RedisWire again = through(proxy)) {
        assertThat(again.ask("PING")).isEqualTo("PONG");
      }
    }
  }

  @Test
  void takesAndSubmissionsAreToldApart() {
    String take = "EVALSHA\r\n$1\r\n1\r\n$4\r\nhost\r\n$6\r\nscrape\r\n$1\r\n8\r\n";
    String enqueue = "EVALSHA\r\n$5\r\nchaos\r\n$6\r\nscrape\r\n";
    assertThat(Nemesis.isTake(take)).isTrue();
    assertThat(Nemesis.isEnqueue(take)).isFalse();
    assertThat(Nemesis.isTake(enqueue)).isFalse();
    assertThat(Nemesis.isEnqueue(enqueue)).isTrue();
  }
}
