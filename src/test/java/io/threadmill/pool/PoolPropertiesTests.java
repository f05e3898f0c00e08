package io.threadmill.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PoolPropertiesTests {

  @Test
  void computeDefaultsToTheCores() {
    var compute = new PoolProperties.Compute(1, null, null);
    int cores = Runtime.getRuntime().availableProcessors();
    assertThat(compute.start()).isEqualTo(cores);
    assertThat(compute.most()).isEqualTo(2 * cores);
  }

  @Test
  void aSmallMaximumTakesTheDefaultSizeAlong() {
    assertThat(new PoolProperties.Compute(1, 1, null).start()).isEqualTo(1);
  }

  @Test
  void aBandThatContradictsItselfNamesBothValues() {
    assertThatThrownBy(() -> new PoolProperties.Scrape(20, 10, 15))
        .hasMessage("threadmill.pool.scrape.min (20) is above threadmill.pool.scrape.max (10)");
    assertThatThrownBy(() -> new PoolProperties.Scrape(2, 10, 11))
        .hasMessageContaining("threadmill.pool.scrape.size (11) is outside of");
  }
}
