package io.threadmill.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HopTests {

  private static final Target HERE = Target.parse("https://example.com/a");

  private static Hop hop(String method) {
    return new Hop(
        HERE,
        method,
        List.of(
            new Header("Content-Type", "text/plain"),
            new Header("content-digest", "x"),
            new Header("Cookie", "c"),
            new Header("X-Mine", "m")),
        new byte[] {1});
  }

  @ParameterizedTest
  @CsvSource({
    "301, GET, GET",
    "301, HEAD, HEAD",
    "301, POST, GET",
    "301, PUT, PUT",
    "301, DELETE, DELETE",
    "302, GET, GET",
    "302, HEAD, HEAD",
    "302, POST, GET",
    "302, PUT, PUT",
    "302, PATCH, PATCH",
    "303, GET, GET",
    "303, HEAD, HEAD",
    "303, POST, GET",
    "303, PUT, GET",
    "303, DELETE, GET",
    "307, GET, GET",
    "307, POST, POST",
    "307, PUT, PUT",
    "307, HEAD, HEAD",
    "308, GET, GET",
    "308, POST, POST",
    "308, PATCH, PATCH",
    "308, HEAD, HEAD"
  })
  void methodsAreRewrittenAsRfc9110Says(int status, String before, String after) {
    Hop next = hop(before).redirected(status, Target.parse("https://example.com/b"));
    assertThat(next.method()).isEqualTo(after);
    if (before.equals(after)) {
      assertThat(next.body()).hasSize(1);
      assertThat(next.headers()).hasSize(4);
    } else {
      assertThat(next.body()).isNull();
      assertThat(next.headers())
          .containsExactly(new Header("Cookie", "c"), new Header("X-Mine", "m"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://example.com/b, true",
    "https://EXAMPLE.com.:443/b, true",
    "http://example.com/b, false",
    "https://example.com:8443/b, false",
    "https://www.example.com/b, false",
    "https://example.com.evil.example/b, false"
  })
  void credentialsStayWithSchemeHostAndPort(String next, boolean kept) {
    Hop hop = hop("GET").redirected(302, Target.parse(next));
    assertThat(hop.headers().contains(new Header("Cookie", "c"))).isEqualTo(kept);
    assertThat(hop.headers()).contains(new Header("X-Mine", "m"));
  }

  @Test
  void onlyFiveStatusesRedirect() {
    for (int status = 200; status < 400; status++) {
      assertThat(Hop.isRedirect(status))
          .isEqualTo(List.of(301, 302, 303, 307, 308).contains(status));
    }
  }
}
