package io.threadmill.demo;

/** Text made harmless for the place it is put in. */
final class Escape {

  private Escape() {}

  /** For text and quoted attributes of HTML and XML. */
  static String html(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** For a JSON string inside a script element, which a {@code <} could close. */
  static String json(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("<", "\\u003c");
  }
}
