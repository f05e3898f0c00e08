package io.threadmill.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.info.BuildProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.NestedExceptionUtils;

class EgressPropertiesTests {

  @Configuration
  @EnableConfigurationProperties(EgressProperties.class)
  @Import(EgressConfiguration.class)
  static class Room {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Room.class);

  @Test
  void theDefaultsAreClosed() {
    runner.run(context -> {
      assertThat(context).hasSingleBean(Egress.class);
      EgressProperties settings = context.getBean(EgressProperties.class);
      assertThat(settings.allowedRanges()).isEmpty();
      assertThat(settings.openPorts()).containsExactlyInAnyOrder(80, 443, 8080, 8443);
      assertThat(settings.nat64()).isFalse();
      assertThat(context.getBean(Egress.class).fetch(Doors.get("http://127.0.0.1:8080/")))
          .isEqualTo(Failures.blocked());
    });
  }

  @Test
  void settingsReachTheDoor() throws Exception {
    try (RawOrigin origin = RawOrigin.answering(RawOrigin.ok("hello"))) {
      runner
          .withPropertyValues(
              "threadmill.egress.allow=127.0.0.0/8, ::1/128", "threadmill.egress.user-agent=Mine/1")
          .run(context ->
              assertThat(context.getBean(Egress.class).fetch(Doors.get(origin.url("/"))))
                  .isInstanceOf(Fetched.class));
      assertThat(origin.heads.getFirst()).contains("\r\nUser-Agent: Mine/1\r\n");
    }
  }

  @Test
  void theUserAgentNamesProductVersionAndWhereToRead() throws Exception {
    Properties build = new Properties();
    build.setProperty("version", "1.2.3");
    try (RawOrigin origin = RawOrigin.answering(RawOrigin.ok("hello"))) {
      runner
          .withBean(BuildProperties.class, () -> new BuildProperties(build))
          .withPropertyValues("threadmill.egress.allow=127.0.0.1")
          .run(context -> context.getBean(Egress.class).fetch(Doors.get(origin.url("/"))));
      assertThat(origin.heads.getFirst())
          .contains("\r\nUser-Agent: Threadmill/1.2.3 (+https://github.com/threadmill)\r\n");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "threadmill.egress.allow=10.0.0.0/8,::1|false",
        "threadmill.egress.allow= ::1 , 10.0.0.0/8|false",
        "threadmill.egress.allow=::1|true",
        "threadmill.egress.ports=80|true",
        "threadmill.egress.nat64=true|true",
      })
  void thePolicyIsEqualForEqualSettingsOnly(String setting, boolean differs) {
    var base = new String[1];
    runner
        .withPropertyValues("threadmill.egress.allow=10.0.0.0/8,::1")
        .run(context -> {
          base[0] = context.getBean(Egress.class).policy();
        });
    runner
        .withPropertyValues("threadmill.egress.allow=10.0.0.0/8,::1", setting)
        .run(context ->
            assertThat(context.getBean(Egress.class).policy().equals(base[0])).isEqualTo(!differs));
    runner
        .withPropertyValues("threadmill.egress.allow=10.0.0.0/8,::1")
        .withBean(LoopbackExemption.class, () -> (_, _, _) -> false)
        .run(context -> assertThat(context.getBean(Egress.class).policy()).isNotEqualTo(base[0]));
  }

  @Test
  void exemptionsAreFoundAsBeans() throws Exception {
    try (RawOrigin origin = RawOrigin.answering(RawOrigin.ok("hello"))) {
      LoopbackExemption exemption = (_, _, path) -> path.equals("/demo/");
      runner
          .withBean(LoopbackExemption.class, () -> exemption)
          .run(context -> {
            Egress egress = context.getBean(Egress.class);
            assertThat(egress.fetch(Doors.get(origin.url("/demo/")))).isInstanceOf(Fetched.class);
            assertThat(egress.fetch(Doors.get(origin.url("/")))).isEqualTo(Failures.blocked());
          });
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "allow=10.0.0.0/33|threadmill.egress.allow: \"10.0.0.0/33\"",
        "allow=127.0.0.0/8,home|threadmill.egress.allow: \"home\"",
        "allow=10.0.0.1/8|threadmill.egress.allow: \"10.0.0.1/8\"",
        "ports=80,http|threadmill.egress.ports: \"http\"",
        "ports=0|threadmill.egress.ports: \"0\"",
        "ports=65536|threadmill.egress.ports: \"65536\"",
        "ports=-1|threadmill.egress.ports: \"-1\"",
        "user-agent=a\u00e9b|threadmill.egress.user-agent: ",
        "connect-timeout=0s|threadmill.egress.connect-timeout must be",
        "lookup-timeout=3m|threadmill.egress.lookup-timeout must be"
      })
  void aBadSettingStopsTheStartWithOneLineThatNamesIt(String setting, String message) {
    runner
        .withPropertyValues("threadmill.egress." + setting)
        .run(context ->
            assertThat(context)
                .getFailure()
                .satisfies(failure ->
                    assertThat(NestedExceptionUtils.getMostSpecificCause(failure))
                        .message()
                        .startsWith(message)
                        .doesNotContain("\n")));
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, true",
    "a.localhost, true",
    "redis, true",
    "printer.local, true",
    "metadata.google.internal, true",
    "metadata.goog, true",
    "x.metadata.goog, true",
    "instance-data, true",
    "host.docker.internal, true",
    "kubernetes.default.svc, true",
    "a.svc.cluster.local, true",
    "router.home.arpa, true",
    "a.onion, true",
    "x.test, true",
    "1.0.0.127.in-addr.arpa, true",
    "router.lan, true",
    "a.localdomain, true",
    "example.com, false",
    "localhost.com, false",
    "mylocal.de, false",
    "internal.example, false",
    "local.example, false",
    "onion.example, false",
    "a.b.c.example.org, false"
  })
  void namesThatNeverMeanAPublicSiteAreClosed(String name, boolean closed) {
    assertThat(NamePolicy.closed(name)).isEqualTo(closed);
  }

  @Test
  void failuresHaveStableCodes() {
    assertThat(List.of(FetchFailure.values()))
        .extracting(FetchFailure::code)
        .containsExactly(
            "url-blocked",
            "invalid-url",
            "dns-failed",
            "connect-failed",
            "tls-failed",
            "timed-out",
            "too-large",
            "too-many-redirects",
            "protocol-error",
            "connection-lost",
            "refused-by-gate",
            "cancelled");
  }
}
