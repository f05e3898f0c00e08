package io.threadmill.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GoodputTests {

  private final AtomicLong now = new AtomicLong(-5_000_000_000L);
  private final Goodput goodput = new Goodput(now::get);

  private void advance(double seconds) {
    now.addAndGet((long) (seconds * 1e9));
  }

  @Test
  void countsTheLastTenWholeSeconds() {
    for (int second = 0; second < 30; second++) {
      for (int i = 0; i < 4; i++) {
        goodput.count();
      }
      advance(1);
    }
    assertThat(goodput.perSecond()).isEqualTo(4.0);
    advance(5);
    assertThat(goodput.perSecond()).isEqualTo(2.0);
    advance(1000);
    assertThat(goodput.perSecond()).isZero();
  }

  @Test
  void theSecondUnderWayDoesNotCountYet() {
    goodput.count();
    assertThat(goodput.perSecond()).isZero();
    advance(1);
    assertThat(goodput.perSecond()).isEqualTo(0.1);
  }
}
