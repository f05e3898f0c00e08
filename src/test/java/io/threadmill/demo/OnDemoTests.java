package io.threadmill.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

class OnDemoTests {

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, , true",
    "::1, , true",
    "localhost, , true",
    "0.0.0.0, , false",
    "192.0.2.1, , false",
    "example.org, , false",
    ", , false",
    "0.0.0.0, true, true",
    "127.0.0.1, false, false"
  })
  void demoIsOnWhereNobodyElseCanReachItOrWhereAsked(
      @Nullable String address, @Nullable String enabled, boolean on) {
    new WebApplicationContextRunner()
        .withUserConfiguration(
            ShopController.class, RobotsController.class, MisbehaviourController.class)
        .withPropertyValues(
            address == null ? "unused=1" : "server.address=" + address,
            enabled == null ? "unused=1" : "threadmill.demo.enabled=" + enabled)
        .run(context -> {
          assertThat(context.containsBean("shopController")).isEqualTo(on);
          assertThat(context.containsBean("robotsController")).isEqualTo(on);
          assertThat(context.containsBean("misbehaviourController")).isEqualTo(on);
        });
  }
}
