package io.threadmill.demo;

import static io.threadmill.demo.Escape.html;
import static io.threadmill.demo.Escape.json;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The shop's pages as HTML. An {@code origin} is scheme, host and port, without a slash. */
final class Pages {

  private Pages() {}

  static String front(String origin) {
    String main =
        """
        <h1>The demo shop</h1>
        <p>This shop is made up, so that scraping can be tried without bothering anybody. \
        Its pages are the same on every start.</p>
        <p><a href="/demo/products">All products</a></p>
        <h2>Pages that misbehave</h2>
        <ul class="misbehaving">
        <li><a href="/demo/slow?ms=500">slow</a></li>
        <li><a href="/demo/flaky/front?fail=2&amp;retryAfter=1">fails twice, then works</a></li>
        <li><a href="/demo/status/500">status 500</a></li>
        <li><a href="/demo/redirect/3">three redirects</a></li>
        <li><a href="/demo/redirect-loop">a redirect loop</a></li>
        <li><a href="/demo/text/shift-jis?declared=meta">Shift JIS</a></li>
        <li><a href="/demo/text/windows-1252?declared=none">Windows-1252, undeclared</a></li>
        <li><a href="/demo/large?bytes=1048576">one mebibyte</a></li>
        <li><a href="/demo/private/secret">closed to robots</a></li>
        </ul>
        """;
    return frame("The demo shop", head(origin, "/demo/", "A made-up shop to scrape."), main);
  }

  static String listing(String origin, int page) {
    String cards = Catalogue.page(page).stream().map(Pages::card).collect(Collectors.joining());
    String previous = page > 1 ? pageLink("prev", page - 1, "Previous") : "";
    String next = page < Catalogue.PAGES ? pageLink("next", page + 1, "Next") : "";
    String main =
        """
        <h1>Products</h1>
        <div class="products">
        %s</div>
        <nav class="pages">%s <span>Page %d of %d</span> %s</nav>
        """
            .formatted(cards, previous, page, Catalogue.PAGES, next);
    String path = "/demo/products?page=" + page;
    return frame("Products, page " + page, head(origin, path, "Products of the demo shop."), main);
  }

  static String product(String origin, Product product) {
    String images =
        IntStream.rangeClosed(1, Catalogue.IMAGES)
            .mapToObj(index ->
                "<img src=\"%s\" alt=\"%s, view %d\" width=\"200\" height=\"200\">\n"
                    .formatted(product.image(index), html(product.name()), index))
            .collect(Collectors.joining());
    String main =
        """
        <nav class="breadcrumb" aria-label="Breadcrumb"><a href="/demo/">Shop</a> &rsaquo; \
        <a href="/demo/products">Products</a> &rsaquo; <span>%1$s</span></nav>
        <h1>%1$s</h1>
        <p class="price">%2$s</p>
        <p class="rating">%3$s of 5 (%4$d reviews)</p>
        %5$s<p class="description">%6$s</p>
        <div class="images">
        %7$s</div>
        <table class="specs">
        <tr><th scope="row">Category</th><td>%8$s</td></tr>
        <tr><th scope="row">Material</th><td>%9$s</td></tr>
        <tr><th scope="row">Colour</th><td>%10$s</td></tr>
        <tr><th scope="row">Weight</th><td>%11$d g</td></tr>
        </table>
        """
            .formatted(
                html(product.name()),
                html(product.price()),
                product.rating(),
                product.reviews(),
                product.inStock() ? "<p class=\"in-stock\">In stock</p>\n" : "",
                html(product.description()),
                images,
                html(product.category()),
                html(product.material()),
                html(product.colour()),
                product.grams());
    String head = head(origin, product.path(), product.description()) + extras(origin, product);
    return frame(product.name(), head, main);
  }

  static String missing() {
    return frame(
        "Not found",
        "<meta name=\"robots\" content=\"noindex\">\n",
        "<h1>Not found</h1>\n<p>The shop has no such page. "
            + "<a href=\"/demo/products\">All products</a></p>\n");
  }

  static String secret() {
    return frame(
        "Secret", "", "<h1>Secret</h1>\n<p>A polite robot never reads this sentence.</p>\n");
  }

  static String image(Product product, int index) {
    int hue = (product.number() * 47 + index * 20) % 360;
    return """
    <svg xmlns="http://www.w3.org/2000/svg" width="200" height="200" viewBox="0 0 200 200">
    <rect width="200" height="200" fill="hsl(%d 45%% 88%%)"/>
    <circle cx="100" cy="100" r="%d" fill="hsl(%d 50%% 45%%)"/>
    <text x="100" y="108" text-anchor="middle" font-size="24" fill="#fff">%d-%d</text>
    </svg>
    """
        .formatted(hue, 40 + index * 12, hue, product.number(), index);
  }

  static String style() {
    return """
    body { margin: 0 auto; max-width: 60rem; padding: 1rem; line-height: 1.5;
      font-family: system-ui, sans-serif; color: #222; background: #fafaf7; }
    a { color: #17526b; }
    header, footer { padding: .5rem 0; border-bottom: 1px solid #ddd; }
    footer { border: 0; color: #666; font-size: .875rem; }
    .products { display: grid; gap: 1rem;
      grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); }
    .product { padding: 1rem; border: 1px solid #ddd; border-radius: .5rem; background: #fff; }
    .price { margin: .25rem 0; font-weight: 600; }
    .in-stock { color: #27632a; }
    .images { display: flex; flex-wrap: wrap; gap: .5rem; }
    .specs { margin-top: 1rem; border-collapse: collapse; }
    .specs th, .specs td { padding: .25rem 1rem .25rem 0; text-align: left;
      border-bottom: 1px solid #ddd; }
    .pages { display: flex; gap: 1rem; margin: 1rem 0; }
    """;
  }

  private static String card(Product product) {
    return """
    <article class="product"><a href="%s"><span class="name">%s</span></a>\
    <p class="price">%s</p></article>
    """
        .formatted(product.path(), html(product.name()), html(product.price()));
  }

  private static String pageLink(String rel, int page, String text) {
    return "<a class=\"%1$s\" rel=\"%1$s\" href=\"/demo/products?page=%2$d\">%3$s</a>"
        .formatted(rel, page, text);
  }

  private static String head(String origin, String path, String description) {
    return """
    <link rel="canonical" href="%s">
    <meta name="description" content="%s">
    """
        .formatted(html(origin + path), html(description));
  }

  /** OpenGraph, and the product as JSON-LD in the words of schema.org. */
  private static String extras(String origin, Product product) {
    return """
    <meta property="og:type" content="product">
    <meta property="og:title" content="%1$s">
    <meta property="og:description" content="%2$s">
    <meta property="og:url" content="%3$s">
    <meta property="og:image" content="%4$s">
    <script type="application/ld+json">
    {"@context": "https://schema.org", "@type": "Product", "name": "%5$s",
     "sku": "DEMO-%6$d", "url": "%7$s", "image": "%8$s",
     "offers": {"@type": "Offer", "price": "%9$s", "priceCurrency": "EUR",
      "availability": "https://schema.org/%10$s"},
     "aggregateRating": {"@type": "AggregateRating", "ratingValue": %11$s,
      "bestRating": 5, "reviewCount": %12$d}}
    </script>
    """
        .formatted(
            html(product.name()),
            html(product.description()),
            html(origin + product.path()),
            html(origin + product.image(1)),
            json(product.name()),
            product.number(),
            json(origin + product.path()),
            json(origin + product.image(1)),
            product.amount(),
            product.inStock() ? "InStock" : "OutOfStock",
            product.rating(),
            product.reviews());
  }

  private static String frame(String title, String head, String main) {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>%s</title>
    <link rel="stylesheet" href="/demo/style.css">
    %s</head>
    <body>
    <header><a href="/demo/">The demo shop</a></header>
    <main>
    %s</main>
    <footer>Nothing here is for sale.</footer>
    </body>
    </html>
    """
        .formatted(html(title), head, main);
  }
}
