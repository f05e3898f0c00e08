package io.threadmill.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import org.jsoup.Jsoup;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UrlResolverTests {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/x | https://h.example:8443/x",
        "/x?q=a/../b#f | https://h.example:8443/x?q=a/../b#f",
        "x.html | https://h.example:8443/a/x.html",
        "./x | https://h.example:8443/a/x",
        "../x | https://h.example:8443/x",
        "/a/../x | https://h.example:8443/x",
        "/a/b/.. | https://h.example:8443/a/",
        "/../../x/./y?p=/../z | https://h.example:8443/x/y?p=/../z",
        "/.well-known/x | https://h.example:8443/.well-known/x",
        "?q=2 | https://h.example:8443/a/b?q=2",
        "//other.example/x | https://other.example/x",
        "http://other.example/x | http://other.example/x",
        "HTTP://other.example/x | http://other.example/x",
        "/a b.html | https://h.example:8443/a%20b.html",
        "\\x\\y | https://h.example:8443/x/y",
        "/größe | https://h.example:8443/gr%C3%B6%C3%9Fe",
        "/%C3%B6 | https://h.example:8443/%C3%B6",
        "https://bücher.example/ | https://xn--bcher-kva.example/"
      })
  void makesAReferenceAbsolute(String reference, String absolute) {
    assertThat(new UrlResolver("https://h.example:8443/a/b?q=1").link(reference))
        .isEqualTo(absolute);
  }

  @ParameterizedTest
  @CsvSource({
    "javascript:void(0)",
    "mailto:a@b.example",
    "data:text/plain;a",
    "ftp://h.example/",
    "http://",
    "https:///x",
    "tel:1"
  })
  void onlyHttpIsALink(String reference) {
    assertThat(new UrlResolver("https://h.example/").link(reference)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<base href=/deep/> | https://h.example/deep/x",
        "<base href=https://cdn.example/> | https://cdn.example/x",
        "<base href=javascript:1> | https://h.example/x",
        "<base target=_top> | https://h.example/x"
      })
  void aBaseInThePageCounts(String head, String absolute) {
    assertThat(UrlResolver.of(Jsoup.parse(head), "https://h.example/p").link("x"))
        .isEqualTo(absolute);
  }
}
