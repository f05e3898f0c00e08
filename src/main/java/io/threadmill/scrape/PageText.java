package io.threadmill.scrape;

import java.util.Set;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;

/** Collects the text a reader would see, a line per block. Used once per page. */
final class PageText implements NodeFilter {

  private static final Set<String> UNSEEN =
      Set.of("head", "script", "style", "noscript", "template", "svg", "iframe", "object");
  private static final Set<String> PARAGRAPHS =
      Set.of("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "ul", "ol");
  private static final Set<String> CELLS = Set.of("td", "th");

  private final StringBuilder text = new StringBuilder();

  /** Line ends owed before the next word: 0, 1 or 2. */
  private int lines;

  private boolean space;

  @Override
  public FilterResult head(Node node, int depth) {
    if (node instanceof TextNode words) {
      append(words.getWholeText());
    } else if (node instanceof Element element) {
      if (UNSEEN.contains(element.normalName())) {
        return FilterResult.SKIP_ENTIRELY;
      }
      edge(element);
    }
    return FilterResult.CONTINUE;
  }

  @Override
  public FilterResult tail(Node node, int depth) {
    if (node instanceof Element element) {
      edge(element);
    }
    return FilterResult.CONTINUE;
  }

  private void edge(Element element) {
    String name = element.normalName();
    if (CELLS.contains(name)) {
      space = true;
    } else if (PARAGRAPHS.contains(name)) {
      lines = 2;
    } else if (element.isBlock() || name.equals("br")) {
      lines = Math.max(lines, 1);
    }
  }

  private void append(String words) {
    for (int i = 0; i < words.length(); i++) {
      char c = words.charAt(i);
      if (Character.isWhitespace(c) || c == '\u00a0') {
        space = true;
        continue;
      }
      if (!text.isEmpty() && lines > 0) {
        text.append(lines > 1 ? "\n\n" : "\n");
      } else if (!text.isEmpty() && space) {
        text.append(' ');
      }
      lines = 0;
      space = false;
      text.append(c);
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
