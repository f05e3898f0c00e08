package io.threadmill.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

class RehearseConditionTests {

  private final MockEnvironment environment = new MockEnvironment();

  @Test
  void onWhereTheServiceIsOnLoopback() {
    assertThat(RehearseCondition.enabled(environment)).isTrue();
    environment.setProperty("server.address", "::1");
    assertThat(RehearseCondition.enabled(environment)).isTrue();
  }

  @Test
  void offOnAnOpenAddress() {
    environment.setProperty("server.address", "0.0.0.0");
    assertThat(RehearseCondition.enabled(environment)).isFalse();
    environment.setProperty("server.address", "shop.example");
    assertThat(RehearseCondition.enabled(environment)).isFalse();
  }

  @Test
  void followsTheDemo() {
    environment.setProperty("threadmill.demo.enabled", "false");
    assertThat(RehearseCondition.enabled(environment)).isFalse();
  }

  @Test
  void itsOwnSettingWins() {
    environment.setProperty("threadmill.demo.enabled", "false");
    environment.setProperty("threadmill.rehearse.enabled", "true");
    assertThat(RehearseCondition.enabled(environment)).isTrue();
  }
}
