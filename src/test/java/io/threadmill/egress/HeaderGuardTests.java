package io.threadmill.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderGuardTests {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host",
        "host",
        "HOST",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "Keep-Alive",
        "TE",
        "Trailer",
        "Upgrade",
        "Expect",
        "Proxy-Authorization",
        "proxy-connection",
        "Proxy-X",
        "HTTP2-Settings",
        "Metadata",
        "Metadata-Flavor",
        "X-Google-Metadata-Request",
        "X-aws-ec2-metadata-token",
        "X-aws-ec2-metadata-token-ttl-seconds"
      })
  void headersThatAreNotTheCallersAreRefused(String name) {
    assertThat(HeaderGuard.check(name, "x")).isEqualTo("the header " + name + " may not be set");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "X A",
        "X-A:",
        "X-A\r\nHost",
        "X\u0000",
        "X\u010aA",
        "\u00e9",
        "(x)",
        "a/b",
        "[x]",
        "{x}",
        "\"x\"",
        "a=b",
        "a@b",
        "a,b",
        "a;b",
        "a?b",
        "a\\b",
        "\tX",
        "X\u007f"
      })
  void namesThatAreNoTokensAreRefused(String name) {
    assertThat(HeaderGuard.check(name, "x")).isNotNull().doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\r\nHost: evil",
        "a\nb",
        "a\rb",
        "a\u0000b",
        "\u007f",
        "\u0080",
        "\u00e9",
        "a\u010ab",
        "a\u010db",
        "\u560d\u560a",
        "\u2028",
        "\ud83d\ude00"
      })
  void valuesThatCouldSplitALineAreRefused(String value) {
    assertThat(HeaderGuard.check("X-A", value))
        .isEqualTo("the header X-A may only hold visible ASCII, spaces and tabs");
  }

  @Test
  void ordinaryHeadersPass() {
    assertThat(
            HeaderGuard.check(
                List.of(
                    new Header("Accept", "text/html; q=0.9,\t*/*"),
                    new Header("Authorization", "Bearer a.b~c"),
                    new Header("x_y!#$%&'*+-.^`|~", ""),
                    new Header("X-Forwarded-For", "1.2.3.4"))))
        .isNull();
  }

  @Test
  void numberAndLengthAreBounded() {
    Header header = new Header("X-A", "b");
    assertThat(HeaderGuard.check(Collections.nCopies(HeaderGuard.MOST_LINES, header))).isNull();
    assertThat(HeaderGuard.check(Collections.nCopies(HeaderGuard.MOST_LINES + 1, header)))
        .contains("65", "64");
    assertThat(HeaderGuard.check("X-A", "b".repeat(8192))).isNull();
    assertThat(HeaderGuard.check("X-A", "b".repeat(8193))).contains("8193", "8192");
    assertThat(HeaderGuard.check("a".repeat(129), "b")).contains("128");
  }

  @Test
  void aRequestCannotBeMadeWithABadHeaderMethodOrBound() {
    HopGate gate = HopGate.OPEN;
    Duration second = Duration.ofSeconds(1);
    List<Header> host = List.of(new Header("Host", "evil"));
    for (Runnable bad :
        List.<Runnable>of(
            () -> new FetchRequest("http://a.b/", "GET", host, null, second, 1, 0, gate),
            () -> new FetchRequest("http://a.b/", "CONNECT", List.of(), null, second, 1, 0, gate),
            () -> new FetchRequest("http://a.b/", "TRACE", List.of(), null, second, 1, 0, gate),
            () -> new FetchRequest("http://a.b/", "G T", List.of(), null, second, 1, 0, gate),
            () ->
                new FetchRequest("http://a.b/", "GET", List.of(), null, Duration.ZERO, 1, 0, gate),
            () ->
                new FetchRequest(
                    "http://a.b/", "GET", List.of(), null, Duration.ofDays(1), 1, 0, gate),
            () -> new FetchRequest("http://a.b/", "GET", List.of(), null, second, -1, 0, gate),
            () ->
                new FetchRequest("http://a.b/", "GET", List.of(), null, second, 1L << 31, 0, gate),
            () -> new FetchRequest("http://a.b/", "GET", List.of(), null, second, 1, 21, gate),
            () -> new FetchRequest("http://a.b/", "GET", List.of(), null, second, 1, -1, gate))) {
      assertThatThrownBy(bad::run).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
