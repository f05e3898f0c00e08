package io.threadmill.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlParserTests {

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "http://example.com http://example.com/",
        "HTTP://EXAMPLE.com:80/A http://example.com/A",
        "https://example.com:443/ https://example.com/",
        "https://example.com:8443/ https://example.com:8443/",
        "http://example.com./x http://example.com/x",
        "http://example.com:/ http://example.com/",
        "http://example.com:080/ http://example.com/",
        "http://exa%6dple.com/ http://example.com/",
        "http://\u00dcBER.de/\u00e4?\u00f6 http://xn--ber-goa.de/%C3%A4?%C3%B6",
        "http://a\u00adb.com/ http://ab.com/",
        "http://example\u3002com/ http://example.com/",
        "http://a_b.example.com/ http://a_b.example.com/",
        "http://e.com/a/../b/./c http://e.com/b/c",
        "http://e.com/a/%2e%2e/b http://e.com/b",
        "http://e.com/a%2Fb http://e.com/a%2Fb",
        "http://e.com/a/.. http://e.com/",
        "http://e.com/a/. http://e.com/a/",
        "http://e.com/.%2E/%2e http://e.com/",
        "http://e.com/... http://e.com/...",
        "http://e.com//../x http://e.com/x",
        "http://e.com/web/2020/http://a.b/ http://e.com/web/2020/http://a.b/",
        "http://e.com/p?a/../b?c#d?e http://e.com/p?a/../b?c",
        "http://e.com/#fragment http://e.com/",
        "http://e.com/p?q={a|b}[c]^` http://e.com/p?q=%7Ba%7Cb%7D%5Bc%5D%5E%60",
        "http://e.com/100% http://e.com/100%25",
        "http://e.com/%zz?%4 http://e.com/%25zz?%254",
        "http://e.com//double//x http://e.com//double//x",
        "http://e.com?q http://e.com/?q",
        "http://e.com/? http://e.com/?",
        "http://8.8.8.8/ http://8.8.8.8/",
        "http://[2606:4700::1111]/ http://[2606:4700::1111]/",
        "http://[2606:4700:0:0:0:0:0:1111]:8080/ http://[2606:4700::1111]:8080/"
      })
  void urlsBecomeCanonical(String url, String canonical) {
    assertThat(Target.parse(url).uri()).hasToString(canonical);
    assertThat(Target.parse(canonical).uri()).hasToString(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "127.0.0.1.",
        "%31%32%37.0.0.1",
        "\uff11\uff12\uff17.0.0.1",
        "\u2460\u2461\u2466.0.0.1",
        "127\u30020\u30020\u30021",
        "127\uff0e0\uff0e0\uff0e1",
        "0x7F.0X0.0.1",
        "127.0.0.0x1",
        "0000177.0.0.1"
      })
  void everyNotationOfLoopbackIsReadAsLoopback(String host) {
    assertThat(Target.parse("http://" + host + "/").host()).isEqualTo("127.0.0.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "example.com",
        "/path",
        "//example.com/",
        "?q",
        "mailto:a@b.c",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://x:6379/_",
        "javascript:alert(1)",
        "data:text/html,x",
        "jar:http://x!/y",
        "ws://example.com/",
        "http:example.com",
        "http:/example.com",
        "http://",
        "http:///",
        "http:///example.com/",
        "http://?x",
        "http://#x",
        "https:////example.com/",
        "http://user@example.com/",
        "http://user:pw@example.com/",
        "http://@example.com/",
        "http://:@example.com/",
        "http://a@b@example.com/",
        "http://example.com@127.0.0.1/",
        "http://example.com%40127.0.0.1@x/",
        "http://example.com\\@127.0.0.1/",
        "http:\\\\example.com\\",
        "http://example.com/a\\b",
        "http://exa mple.com/",
        " http://example.com/",
        "http://example.com/ ",
        "http://example.com/a b",
        "http://exam\tple.com/",
        "http://example.com/\r\nHost:x",
        "http://example.com/\u0000",
        "http://example.com/\u0085",
        "http://example.com/\u00a0",
        "http://example.com/\u2028",
        "http://example.com/\u007f",
        "http://example.com:0/",
        "http://example.com:65536/",
        "http://example.com:99999999999/",
        "http://example.com:-1/",
        "http://example.com:8o/",
        "http://example.com:80:80/",
        "http://256.256.256.256/",
        "http://1.2.3.4.5/",
        "http://1.2.3.08/",
        "http://0x100000000/",
        "http://1.2.3.999/",
        "http://4294967296/",
        "http://[::1/",
        "http://::1/",
        "http://[fe80::1%25eth0]/",
        "http://[fe80::1%eth0]/",
        "http://[1.2.3.4]/",
        "http://[example.com]/",
        "http://[::1].example.com/",
        "http://[]/",
        "http://(example).com/",
        "http://a..b/",
        "http://.example.com/",
        "http://example.com../",
        "http://./",
        "http://../",
        "http://*.example.com/",
        "http://exa%00mple.com/",
        "http://exa%2fmple.com/",
        "http://exa%0ample.com/",
        "http://example.com%23/",
        "http://a,b.com/",
        "http://a!b.com/",
        "http://\ud800.com/",
        "http://example.com/\udc00",
        "http://exa<mple.com/",
        "http://exa^mple.com/"
      })
  void whatIsNoPlainHttpUrlIsRefused(String url) {
    assertThatThrownBy(() -> Target.parse(url))
        .isInstanceOf(InvalidUrl.class)
        .message()
        .isNotBlank()
        .doesNotContain("\n");
  }

  @Test
  void lengthIsBounded() {
    String most = "http://example.com/" + "a".repeat(UrlParser.LONGEST - 19);
    assertThat(Target.parse(most).uri()).hasToString(most);
    assertThatThrownBy(() -> Target.parse(most + "a"))
        .isInstanceOf(InvalidUrl.class)
        .hasMessageContaining("8193")
        .hasMessageContaining("8192");
    assertThatThrownBy(() -> Target.parse("http://" + "a".repeat(64) + ".com/"))
        .isInstanceOf(InvalidUrl.class);
    assertThatThrownBy(() -> Target.parse("http://" + "a.".repeat(127) + "com/"))
        .isInstanceOf(InvalidUrl.class);
  }

  @ParameterizedTest
  @CsvSource({
    "http://Example.com/, example.com:80, false",
    "https://example.com/, example.com:443, true",
    "https://example.com.:8443/x, example.com:8443, true",
    "http://127.1:8080/, 127.0.0.1:8080, false",
    "http://[::1]/, [::1]:80, false"
  })
  void aTargetKnowsItsHostAndPort(String url, String hostPort, boolean secure) {
    Target target = Target.parse(url);
    assertThat(target.hostPort()).isEqualTo(hostPort);
    assertThat(target.secure()).isEqualTo(secure);
  }

  @ParameterizedTest
  @CsvSource({
    "/x, https://example.com:8443/x",
    "x, https://example.com:8443/a/x",
    "./x, https://example.com:8443/a/x",
    "../x, https://example.com:8443/x",
    "../../../x, https://example.com:8443/x",
    "?y=1, https://example.com:8443/a/b?y=1",
    "'', https://example.com:8443/a/b?q=1",
    "#f, https://example.com:8443/a/b?q=1",
    "//other.example/x, https://other.example/x",
    "http://other.example, http://other.example/",
    "HTTP://OTHER.example:80/, http://other.example/",
    "/a b, https://example.com:8443/a%20b",
    "'  /x  ', https://example.com:8443/x",
    "/x?u=http://a/, https://example.com:8443/x?u=http://a/",
    "/a:b, https://example.com:8443/a:b",
    "//127.1/, https://127.0.0.1/"
  })
  void locationsAreResolvedAgainstWhereTheyCameFrom(String location, String expected) {
    Target base = Target.parse("https://example.com:8443/a/b?q=1");
    assertThat(UrlParser.resolve(base, location).uri()).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc/passwd",
        "javascript:alert(1)",
        "/\\evil.example/",
        "\\\\evil.example/",
        "http:evil.example",
        "http://u@evil.example/",
        "//",
        "///",
        "/a\u0000b",
        "/a\tb",
        "gopher://127.0.0.1:6379/",
        "a:b",
        "//[::1"
      })
  void hostileLocationsAreRefused(String location) {
    Target base = Target.parse("https://example.com/a/b?q=1");
    assertThatThrownBy(() -> UrlParser.resolve(base, location)).isInstanceOf(InvalidUrl.class);
  }
}
