package io.threadmill.scrape;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;
import org.jsoup.internal.StringUtil;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;

/**
 * Makes a page's references absolute (RFC 3986, section 5, with what browsers forgive: outer space,
 * line breaks, backslashes, unescaped characters). Most references of most pages are plain and take
 * a path without parsing. Immutable.
 */
final class UrlResolver {

  private static final Pattern SCHEME =
      Pattern.compile("[A-Za-z][A-Za-z0-9+.-]{0,30}:.*", Pattern.DOTALL);
  private static final String HEX = "0123456789ABCDEF";

  private final String base;
  private final @Nullable String origin;

  /** Resolves against {@code base}, an absolute http or https address. */
  UrlResolver(String base) {
    this.base = base;
    this.origin = originOf(base);
  }

  /** Against the document's first {@code <base href>}, else against the page's own address. */
  static UrlResolver of(Document document, String pageUrl) {
    UrlResolver page = new UrlResolver(pageUrl);
    Element base = document.selectFirst("base[href]");
    String declared = base == null ? null : page.link(base.attr("href"));
    return declared == null ? page : new UrlResolver(declared);
  }

  String base() {
    return base;
  }

  /** The absolute http or https address, or null when the reference leads elsewhere or nowhere. */
  @Nullable String link(String reference) {
    String resolved = resolve(reference);
    return resolved != null && originOf(resolved) != null ? resolved : null;
  }

  /** The absolute address; one with another scheme stays as it is; null when it cannot be read. */
  @Nullable String resolve(String reference) {
    if (plain(reference)) {
      if (origin != null && reference.startsWith("/") && !reference.startsWith("//")) {
        return origin + reference;
      }
      if (originOf(reference) != null) {
        return reference;
      }
    }
    return slowly(reference);
  }

  private @Nullable String slowly(String reference) {
    String cleaned = clean(reference);
    if (SCHEME.matcher(cleaned).matches() && !StringUtil.hasHttpScheme(cleaned)) {
      return cleaned;
    }
    String resolved = StringUtil.resolve(base, cleaned);
    return resolved.isEmpty() ? null : escape(resolved);
  }

  /** {@code scheme://authority} when the address is http or https with a host, else null. */
  private static @Nullable String originOf(String url) {
    int start = url.startsWith("https://") ? 8 : url.startsWith("http://") ? 7 : -1;
    if (start < 0) {
      return null;
    }
    int end = endOfAuthority(url, start);
    return end == start ? null : url.substring(0, end);
  }

  private static int endOfAuthority(String url, int start) {
    int end = start;
    while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  private static boolean plain(String reference) {
    for (int i = 0; i < reference.length(); i++) {
      char c = reference.charAt(i);
      if (c <= ' ' || c >= 0x7f || "\\\"<>`{}|^".indexOf(c) >= 0) {
        return false;
      }
      if (c == '.' && (i == 0 || reference.charAt(i - 1) == '/')) {
        return false;
      }
    }
    return !reference.isEmpty();
  }

  private static String clean(String reference) {
    StringBuilder cleaned = new StringBuilder(reference.length());
    boolean path = true;
    for (char c : reference.strip().toCharArray()) {
      if (c == '?' || c == '#') {
        path = false;
      }
      if (c == '\\' && path) {
        cleaned.append('/');
      } else if (c >= ' ') {
        cleaned.append(c);
      }
    }
    return cleaned.toString();
  }

  private static @Nullable String escape(String url) {
    int start = url.indexOf("://") + 3;
    int end = endOfAuthority(url, start);
    String authority = url.substring(start, end);
    if (!StringUtil.isAscii(authority)) {
      try {
        authority = IDN.toASCII(authority, IDN.ALLOW_UNASSIGNED);
      } catch (IllegalArgumentException _) {
        return null;
      }
    }
    StringBuilder escaped = new StringBuilder(url.length() + 16);
    escaped.append(url, 0, start).append(authority);
    for (byte b : withoutDots(url.substring(end)).getBytes(StandardCharsets.UTF_8)) {
      if (b <= ' ' || b == 0x7f || "\"<>`{}|^".indexOf(b) >= 0) {
        escaped.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
      } else {
        escaped.append((char) b);
      }
    }
    return escaped.toString();
  }

  /** RFC 3986, section 5.2.4, which the JDK leaves out for a reference that starts with a slash. */
  private static String withoutDots(String rest) {
    int end = 0;
    while (end < rest.length() && rest.charAt(end) != '?' && rest.charAt(end) != '#') {
      end++;
    }
    String path = rest.substring(0, end);
    if (!path.contains("/.")) {
      return rest;
    }
    Deque<String> kept = new ArrayDeque<>();
    String[] segments = path.substring(1).split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      String segment = segments[i];
      boolean up = segment.equals("..");
      if (up) {
        kept.pollLast();
      }
      if (!up && !segment.equals(".")) {
        kept.addLast(segment);
      } else if (i == segments.length - 1) {
        kept.addLast("");
      }
    }
    return "/" + String.join("/", kept) + rest.substring(end);
  }
}
