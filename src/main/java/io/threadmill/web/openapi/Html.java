package io.threadmill.web.openapi;

import java.util.List;
import java.util.stream.Stream;

/** A page of HTML as it grows. What is handed over is HTML already. Used by one thread. */
final class Html {

  private final StringBuilder text = new StringBuilder();

  void raw(String html) {
    text.append(html);
  }

  void line(String element, String content) {
    text.append("<%1$s>%2$s</%1$s>\n".formatted(element, content));
  }

  void heading(String element, String id, String content) {
    text.append("<%1$s id=\"%2$s\">%3$s</%1$s>\n".formatted(element, id, content));
  }

  /** A box of its own, so that a wide table scrolls by itself on a narrow window. */
  void table(List<String> heads, Runnable rows) {
    text.append("<div class=\"scroll\"><table><thead><tr>");
    heads.forEach(head -> line("th", head));
    text.append("</tr></thead><tbody>\n");
    rows.run();
    text.append("</tbody></table></div>\n");
  }

  void row(String... cells) {
    text.append("<tr>");
    Stream.of(cells).forEach(cell -> line("td", cell));
    text.append("</tr>\n");
  }

  /** Text that is shown once it is asked for. */
  void folded(String summary, String pre) {
    text.append("<details><summary>%s</summary><pre>%s</pre></details>\n".formatted(summary, pre));
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
