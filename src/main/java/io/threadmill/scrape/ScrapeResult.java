package io.threadmill.scrape;

import io.threadmill.egress.Timings;
import io.threadmill.scrape.ScrapeParams.Format;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes of a page what was asked for. Runs on a parse thread. */
final class ScrapeResult {

  private ScrapeResult() {}

  /**
   * @param missing the path of a required field that is not on the page
   */
  record Made(ObjectNode json, @Nullable String missing) {}

  static Made of(
      Page page,
      List<Format> wanted,
      @Nullable ExtractSchema schema,
      Instant fetchedAt,
      JsonMapper mapper) {
    String url = page.fetched().target().uri().toString();
    Document document = Jsoup.parse(page.text(), url);
    String base = UrlResolver.of(document, url).base();
    ObjectNode json = mapper.createObjectNode();
    json.put("url", url);
    json.put("status", page.fetched().status());
    json.put("contentType", page.contentType());
    json.put("charset", page.charset());
    json.put("title", document.title().isEmpty() ? null : document.title());
    json.put("fetchedAt", fetchedAt.truncatedTo(ChronoUnit.MILLIS).toString());
    json.put("bytes", page.bytes());
    ArrayNode redirects = json.putArray("redirects");
    page.fetched().redirects().forEach(redirects::add);
    json.set("timings", timings(page.fetched().timings(), mapper));
    String missing = null;
    for (Format format : wanted) {
      switch (format) {
        case EXTRACT -> {
          if (schema != null) {
            Extraction extraction = schema.extract(document, base);
            json.set("extract", extraction.values());
            json.set("extractReport", extraction.report());
            missing = extraction.missingRequired();
          }
        }
        case TEXT -> json.put("text", PageFormats.text(document));
        case LINKS -> {
          ArrayNode links = json.putArray("links");
          PageFormats.links(document, base).forEach(links::add);
        }
        case METADATA -> json.set("metadata", PageFormats.metadata(document, base));
        case HTML -> json.put("html", PageFormats.html(document));
        case RAW_HTML -> json.put("rawHtml", page.text());
        case MARKDOWN, STRUCTURED -> {} // refused at submit
      }
    }
    return new Made(json, missing);
  }

  private static ObjectNode timings(Timings timings, JsonMapper mapper) {
    ObjectNode node = mapper.createObjectNode();
    node.put("dnsMs", timings.dnsMs());
    node.put("connectMs", timings.connectMs());
    node.put("ttfbMs", timings.ttfbMs());
    node.put("downloadMs", timings.downloadMs());
    node.put("totalMs", timings.totalMs());
    return node;
  }
}
