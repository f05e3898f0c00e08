package io.threadmill.scrape;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jsoup.nodes.Comment;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.select.NodeFilter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The forms in which a page is given back besides what a schema extracts. */
final class PageFormats {

  /** No page for readers has more; a link farm is cut here. */
  static final int MAX_LINKS = 10_000;

  private static final int MAX_PROPERTIES = 100;
  private static final int MAX_VALUE = 4096;
  private static final Set<String> REMOVED = Set.of("script", "style", "noscript");

  private PageFormats() {}

  /** What a reader sees: white space collapsed, a line per block, an empty line by paragraphs. */
  static String text(Document document) {
    PageText text = new PageText();
    document.body().filter(text);
    return text.toString();
  }

  /**
   * Absolute http and https addresses of the page's links in their order, each once, at most {@link
   * #MAX_LINKS}. Links within the page are left out.
   *
   * @param base what relative addresses are relative to
   */
  static List<String> links(Document document, String base) {
    UrlResolver urls = new UrlResolver(base);
    Set<String> links = new LinkedHashSet<>();
    for (Element link : document.select("a[href], area[href]")) {
      String href = link.attr("href").strip();
      String absolute = href.isEmpty() || href.startsWith("#") ? null : urls.link(href);
      if (absolute != null && links.add(absolute) && links.size() == MAX_LINKS) {
        break;
      }
    }
    return new ArrayList<>(links);
  }

  /** What the head says of the page; a key is null where it says nothing. */
  static ObjectNode metadata(Document document, String base) {
    ObjectNode metadata = JsonNodeFactory.instance.objectNode();
    metadata.put("title", orNull(document.title()));
    metadata.put("description", named(document, "description"));
    Element html = document.selectFirst("html[lang]");
    metadata.put("language", html == null ? null : orNull(html.attr("lang")));
    Element canonical = document.selectFirst("link[rel~=(?i)\\bcanonical\\b][href]");
    metadata.put(
        "canonical", canonical == null ? null : new UrlResolver(base).link(canonical.attr("href")));
    metadata.put("robots", named(document, "robots"));
    metadata.put("keywords", named(document, "keywords"));
    metadata.set("og", prefixed(document, "og:"));
    metadata.set("twitter", prefixed(document, "twitter:"));
    return metadata;
  }

  /**
   * The page's HTML without scripts, styles, noscript and comments. The document is not changed.
   */
  static String html(Document document) {
    Document copy = document.clone();
    copy.outputSettings().prettyPrint(false);
    copy.filter((Node node, int _) ->
        node instanceof Comment
                || (node instanceof Element element && REMOVED.contains(element.normalName()))
            ? NodeFilter.FilterResult.REMOVE
            : NodeFilter.FilterResult.CONTINUE);
    return copy.outerHtml();
  }

  private static @Nullable String named(Document document, String name) {
    Element meta = document.selectFirst("meta[name=" + name + "][content]");
    return meta == null ? null : orNull(meta.attr("content"));
  }

  /** Open Graph writes {@code property}, Twitter cards {@code name}; pages mix the two. */
  private static ObjectNode prefixed(Document document, String prefix) {
    ObjectNode found = JsonNodeFactory.instance.objectNode();
    for (Element meta : document.select("meta[content]")) {
      String name = meta.hasAttr("property") ? meta.attr("property") : meta.attr("name");
      String key = name.strip().toLowerCase(Locale.ROOT);
      if (key.startsWith(prefix) && key.length() > prefix.length() && key.length() <= 100) {
        found.putIfAbsent(
            key.substring(prefix.length()),
            JsonNodeFactory.instance.stringNode(cut(meta.attr("content").strip())));
      }
      if (found.size() == MAX_PROPERTIES) {
        break;
      }
    }
    return found;
  }

  private static @Nullable String orNull(String text) {
    return text.isBlank() ? null : cut(text.strip());
  }

  private static String cut(String text) {
    return text.length() <= MAX_VALUE ? text : text.substring(0, MAX_VALUE);
  }
}
