package io.threadmill.scrape;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.threadmill.scrape.CharsetLabels.Known;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.mozilla.universalchardet.UniversalDetector;

/**
 * In which charset a page is written. As browsers do (HTML Standard, section 13.2.3.2): its byte
 * order mark, then the {@code Content-Type}, then what its head declares, then a guess from the
 * bytes, at last windows-1252. A label nobody knows counts as absent.
 */
final class CharsetFinder {

  /**
   * @param name the WHATWG name in lower case, which is not always the JDK's
   * @param bomLength bytes of byte order mark to skip
   */
  record Found(Charset charset, String name, int bomLength) {}

  /** The standard says 1024; pages with long comments or scripts first are common. */
  private static final int PRESCAN = 2048;

  /** Enough of any language to tell; bounds the guess on a page of many megabytes. */
  private static final int GUESS = 256 << 10;

  private static final Pattern HEADER =
      Pattern.compile("(?i)(?:^|[;\\s])charset\\s*=\\s*[\"']?\\s*([^\\s\"';,]+)");

  /** Comments are matched to be stepped over: what stands in them declares nothing. */
  private static final Pattern META =
      Pattern.compile("(?is)<!--(?:-?>|.*?(?:-->|\\z))|<meta[\\s/]([^>]*)>");

  private static final Pattern ATTRIBUTE =
      Pattern.compile("([^\\s\"'=/]+)\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)'|([^\\s\"'>]+))");

  private static final Pattern XML =
      Pattern.compile("^\\s*<\\?xml\\s[^>]*?encoding\\s*=\\s*[\"']([^\"'>]+)[\"']");

  private CharsetFinder() {}

  /** The charset of a decoded body; {@code contentType} is the header's value. */
  static Found find(byte[] body, @Nullable String contentType) {
    Found marked = byMark(body);
    if (marked != null) {
      return marked;
    }
    Known known = contentType == null ? null : CharsetLabels.find(first(HEADER, contentType));
    if (known == null) {
      known =
          declared(
              new String(body, 0, Math.min(body.length, PRESCAN), StandardCharsets.ISO_8859_1));
    }
    if (known == null) {
      known = guess(body);
    }
    return new Found(known.charset(), known.name(), 0);
  }

  private static @Nullable Found byMark(byte[] body) {
    if (startsWith(body, 0xEF, 0xBB, 0xBF)) {
      return new Found(StandardCharsets.UTF_8, "utf-8", 3);
    }
    if (startsWith(body, 0xFE, 0xFF)) {
      return new Found(StandardCharsets.UTF_16BE, "utf-16be", 2);
    }
    if (startsWith(body, 0xFF, 0xFE)) {
      return new Found(StandardCharsets.UTF_16LE, "utf-16le", 2);
    }
    return null;
  }

  private static boolean startsWith(byte[] body, int... mark) {
    for (int i = 0; i < mark.length; i++) {
      if (i >= body.length || (body[i] & 0xFF) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable Known declared(String head) {
    Known xml = readable(first(XML, head));
    if (xml != null) {
      return xml;
    }
    Matcher metas = META.matcher(head);
    while (metas.find()) {
      String attributes = metas.group(1);
      Known known = attributes == null ? null : declaredBy(attributes);
      if (known != null) {
        return known;
      }
    }
    return null;
  }

  private static @Nullable Known declaredBy(String meta) {
    boolean contentType = false;
    String content = null;
    Matcher attributes = ATTRIBUTE.matcher(meta);
    while (attributes.find()) {
      String value = value(attributes);
      switch (attributes.group(1).toLowerCase(Locale.ROOT)) {
        case "charset" -> {
          Known known = readable(value);
          if (known != null) {
            return known;
          }
        }
        case "http-equiv" -> contentType = value.strip().equalsIgnoreCase("content-type");
        case "content" -> content = value;
        default -> {}
      }
    }
    return contentType && content != null ? readable(first(HEADER, content)) : null;
  }

  private static String value(Matcher attribute) {
    for (int group = 2; group < 4; group++) {
      String value = attribute.group(group);
      if (value != null) {
        return value;
      }
    }
    String bare = attribute.group(4);
    return bare.endsWith("/") ? bare.substring(0, bare.length() - 1) : bare;
  }

  /** A declaration read byte by byte cannot stand in UTF-16: such a page is in UTF-8. */
  private static @Nullable Known readable(@Nullable String label) {
    Known known = CharsetLabels.find(label);
    return known != null && known.name().startsWith("utf-16") ? known("utf-8") : known;
  }

  private static Known guess(byte[] body) {
    UniversalDetector detector = new UniversalDetector();
    byte[] sample = body.length > GUESS ? Arrays.copyOf(body, GUESS) : body;
    detector.handleData(sample, 0, sample.length);
    detector.dataEnd();
    Known guessed = CharsetLabels.find(detector.getDetectedCharset());
    return guessed == null ? known("windows-1252") : guessed;
  }

  private static Known known(String name) {
    Known known = CharsetLabels.find(name);
    if (known == null) {
      throw new IllegalStateException(name + " is missing from the table of labels");
    }
    return known;
  }

  private static @Nullable String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : null;
  }
}
