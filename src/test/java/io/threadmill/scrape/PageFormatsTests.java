package io.threadmill.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageFormatsTests {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<h1>A</h1><p>b  <b>c</b>\td</p> | A~~b c d",
        "<div>a</div><div>b</div> | a~b",
        "a<br>b | a~b",
        "<ul><li>a<li>b</ul>c | a~b~~c",
        "<table><tr><td>a<td>b<tr><td>c</table> | a b~c",
        "a<script>x</script><style>y</style><noscript>z</noscript>b | ab",
        "<p>a</p>&nbsp;<p></p><p>b</p> | a~~b",
        "in<b>line</b> word | inline word",
        "<p> </p> | ''"
      })
  void textReadsLikeThePage(String html, String text) {
    assertThat(PageFormats.text(Jsoup.parse(html)).replace('\n', '~')).isEqualTo(text);
  }

  @Test
  void linksAreAbsoluteOnceAndInOrder() {
    Document page =
        Jsoup.parse(
            """
            <a href=/b>1</a><a href=a>2</a><a href="/b">3</a><a href=#top>4</a><a href="">5</a>
            <a href=mailto:x@y.example>6</a><a>7</a><area href=//o.example/>
            """);
    assertThat(PageFormats.links(page, "https://h.example/p/"))
        .containsExactly("https://h.example/b", "https://h.example/p/a", "https://o.example/");
  }

  @Test
  void linksAreBounded() {
    String page =
        IntStream.range(0, 10_100)
            .mapToObj("<a href=/%d>x</a>"::formatted)
            .collect(Collectors.joining());
    assertThat(PageFormats.links(Jsoup.parse(page), "https://h.example/")).hasSize(10_000);
  }

  @Test
  void metadataIsWhatTheHeadSays() {
    Document page =
        Jsoup.parse(
            """
            <html lang=de><head><title> T </title><meta name=Description content="D">
            <link rel="alternate canonical" href=/c><meta name=robots content=noindex>
            <meta property=og:title content=O><meta property=og:title content=second>
            <meta name=twitter:card content=summary></head></html>
            """);
    assertThat(PageFormats.metadata(page, "https://h.example/p"))
        .hasToString(
            """
            {"title":"T","description":"D","language":"de","canonical":"https://h.example/c",\
            "robots":"noindex","keywords":null,"og":{"title":"O"},"twitter":{"card":"summary"}}\
            """);
  }

  @Test
  void metadataOfABarePageHasEveryKey() {
    assertThat(PageFormats.metadata(Jsoup.parse("x"), "https://h.example/"))
        .hasToString(
            """
            {"title":null,"description":null,"language":null,"canonical":null,\
            "robots":null,"keywords":null,"og":{},"twitter":{}}\
            """);
  }

  @Test
  void htmlIsCleanedInACopy() {
    Document page =
        Jsoup.parse(
            "<p>a<!-- c --><b>b</b><script>x</script><noscript>n</noscript></p><style>y</style>");
    assertThat(PageFormats.html(page))
        .isEqualTo("<html><head></head><body><p>a<b>b</b></p></body></html>");
    assertThat(page.select("script")).hasSize(1);
  }
}
