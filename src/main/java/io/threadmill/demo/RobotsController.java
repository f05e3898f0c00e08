package io.threadmill.demo;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.context.annotation.Conditional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

/** What the shop tells robots: robots.txt (RFC 9309) and sitemaps (sitemaps.org, 0.9). */
@RestController
@Conditional(OnDemo.class)
class RobotsController {

  private static final String TEXT = "text/plain;charset=UTF-8";
  private static final String XML = "application/xml;charset=UTF-8";

  @GetMapping(path = "/robots.txt", produces = TEXT)
  String robots(UriComponentsBuilder origin) {
    return """
    User-agent: *
    Disallow: /demo/private/

    User-agent: demo-slow
    Crawl-delay: 1
    Disallow: /demo/private/

    Sitemap: %s/sitemap.xml
    """
        .formatted(origin.toUriString());
  }

  @GetMapping(path = "/sitemap.xml", produces = XML)
  String index(UriComponentsBuilder origin) {
    return document(
        "sitemapindex",
        "sitemap",
        origin.toUriString(),
        Stream.of("/sitemap-products.xml", "/sitemap-pages.xml"));
  }

  @GetMapping(path = "/sitemap-products.xml", produces = XML)
  String products(UriComponentsBuilder origin) {
    Stream<String> paths =
        IntStream.rangeClosed(1, Catalogue.PRODUCTS).mapToObj(number -> "/demo/products/" + number);
    return document("urlset", "url", origin.toUriString(), paths);
  }

  @GetMapping(path = "/sitemap-pages.xml", produces = XML)
  String pages(UriComponentsBuilder origin) {
    Stream<String> listings =
        IntStream.rangeClosed(1, Catalogue.PAGES).mapToObj(page -> "/demo/products?page=" + page);
    return document(
        "urlset", "url", origin.toUriString(), Stream.concat(Stream.of("/demo/"), listings));
  }

  private static String document(String root, String entry, String origin, Stream<String> paths) {
    String entries =
        paths
            .map(path ->
                "<%1$s><loc>%2$s</loc></%1$s>\n".formatted(entry, Escape.html(origin + path)))
            .collect(Collectors.joining());
    return """
    <?xml version="1.0" encoding="UTF-8"?>
    <%1$s xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    %2$s</%1$s>
    """
        .formatted(root, entries);
  }
}
