package io.threadmill.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UnsupportedEncodingException;
import java.util.HashSet;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ShopTests {

  private static final String ORIGIN = "http://shop.test:8123";

  private final MockMvcTester mvc = MockMvcTester.of(new ShopController(), new RobotsController());

  @Test
  void everyLinkOfTheListingsLeadsToADifferentProduct() throws Exception {
    Set<String> links = new HashSet<>();
    String next = "/demo/products";
    int pages = 0;
    while (!next.isEmpty() && pages < 20) {
      Document page = html(next);
      assertThat(page.select(".product .price")).hasSize(20);
      page.select(".product a").forEach(link -> links.add(link.attr("href")));
      next = page.select("a.next").attr("href");
      pages++;
    }
    assertThat(pages).isEqualTo(10);
    assertThat(links).hasSize(200).contains("/demo/products/1", "/demo/products/200");
    for (String link : links) {
      assertThat(mvc.get().uri(link)).hasStatusOk();
    }
  }

  @Test
  void productShowsWhatScrapersLookFor() throws Exception {
    Document page = html("/demo/products/1");
    assertThat(page.select("h1").text()).isNotBlank();
    assertThat(page.select(".price").text()).isEqualTo("€ 19.90");
    assertThat(page.select(".rating").text()).startsWith("4.2");
    assertThat(page.select(".in-stock")).hasSize(1);
    assertThat(page.select(".breadcrumb a")).hasSize(2);
    assertThat(page.select("table.specs tr")).hasSize(4);
    assertThat(page.select("meta[name=description]").attr("content")).isNotBlank();
    assertThat(page.select("link[rel=canonical]").attr("href"))
        .isEqualTo(ORIGIN + "/demo/products/1");
    assertThat(page.select("meta[property=og:url]").attr("content"))
        .isEqualTo(ORIGIN + "/demo/products/1");
    assertThat(page.select(".images img")).hasSize(3);
    for (Element image : page.select(".images img")) {
      assertThat(mvc.get().uri(image.attr("src")))
          .hasStatusOk()
          .hasContentType("image/svg+xml;charset=UTF-8");
    }
  }

  @Test
  void structuredDataAgreesWithThePage() throws Exception {
    for (int number = 1; number <= 200; number++) {
      Document page = html("/demo/products/" + number);
      JsonNode data =
          JsonMapper.shared()
              .readTree(page.select("script[type=application/ld+json]").first().data());
      assertThat(data.at("/name").asString()).isEqualTo(page.select("h1").text());
      assertThat("€ " + data.at("/offers/price").asString())
          .isEqualTo(page.select(".price").text());
      assertThat(data.at("/aggregateRating/ratingValue").asDouble()).isBetween(1.0, 5.0);
      assertThat(data.at("/offers/availability").asString().endsWith("/InStock"))
          .isEqualTo(!page.select(".in-stock").isEmpty());
    }
  }

  @Test
  void anotherShopShowsTheSamePage() throws Exception {
    MockMvcTester other = MockMvcTester.of(new ShopController());
    assertThat(text(other, "/demo/products/77")).isEqualTo(text(mvc, "/demo/products/77"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/demo/products/0",
        "/demo/products/201",
        "/demo/products/99999999999",
        "/demo/products/kettle",
        "/demo/products?page=0",
        "/demo/products?page=11",
        "/demo/images/201-1.svg"
      })
  void whatTheShopDoesNotHaveIsNotFound(String path) {
    assertThat(mvc.get().uri(path)).hasStatus(404).bodyText().contains("<h1>Not found</h1>");
  }

  @Test
  void frontPageStyleAndSecretExist() throws Exception {
    assertThat(html("/demo/").select(".misbehaving a")).hasSize(9);
    assertThat(mvc.get().uri("/demo/style.css"))
        .hasStatusOk()
        .hasContentType("text/css;charset=UTF-8");
    assertThat(mvc.get().uri("/demo/private/secret")).hasStatusOk();
  }

  @Test
  void robotsKeepsRobotsOutOfThePrivatePart() throws Exception {
    assertThat(text(mvc, "/robots.txt"))
        .startsWith("User-agent: *\nDisallow: /demo/private/\n\nUser-agent: demo-slow\n")
        .contains("Crawl-delay: 1\n")
        .endsWith("Sitemap: " + ORIGIN + "/sitemap.xml\n");
  }

  @Test
  void sitemapsListEveryPage() throws Exception {
    assertThat(html("/sitemap.xml").select("sitemap > loc").eachText())
        .containsExactly(ORIGIN + "/sitemap-products.xml", ORIGIN + "/sitemap-pages.xml");
    assertThat(html("/sitemap-products.xml").select("url > loc").eachText())
        .hasSize(200)
        .contains(ORIGIN + "/demo/products/200");
    assertThat(html("/sitemap-pages.xml").select("url > loc").eachText()).hasSize(11);
  }

  private Document html(String path) throws UnsupportedEncodingException {
    return Jsoup.parse(text(mvc, path));
  }

  private static String text(MockMvcTester mvc, String path) throws UnsupportedEncodingException {
    var answer = mvc.get().uri(ORIGIN + path).exchange();
    assertThat(answer).hasStatusOk();
    return answer.getResponse().getContentAsString();
  }
}
