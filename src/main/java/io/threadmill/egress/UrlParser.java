package io.threadmill.egress;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.InvalidUrlException;
import org.springframework.web.util.UriComponents;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Strings to {@link Target}s. The parser is the WHATWG one, because a guard that reads {@code
 * 0177.0.0.1} or {@code http://a\@b/} otherwise than the client does is no guard; on top of it,
 * whatever is ambiguous is refused.
 */
final class UrlParser {

  static final int LONGEST = 8 * 1024;

  /** Scheme, authority, path, query; a fragment is left out. Applied to text without controls. */
  private static final Pattern ABSOLUTE =
      Pattern.compile(
          "(?<origin>(?i:https?)://(?<authority>[^/?#]+))(?<path>[^?#]*)(?<query>\\?[^#]*)?.*");

  private static final Pattern SCHEME = Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]*:");
  private static final Pattern NAME =
      Pattern.compile("(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\\.)*[a-z0-9_-]{1,63}");
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");

  /** Legal as they are in the path and query of a {@link URI}; {@code %} is looked at alone. */
  private static final String KEPT = "-._~!$&'()*+,;=:@/";

  private UrlParser() {}

  static Target parse(String url) {
    refuseAmbiguous(url);
    Matcher parts = ABSOLUTE.matcher(url);
    if (!parts.matches()) {
      throw new InvalidUrl("the URL must start with http:// or https:// and a host");
    }
    if (parts.group("authority").indexOf('@') >= 0) {
      throw new InvalidUrl("the URL may not hold a user name or password; use a header");
    }
    String query = parts.group("query");
    return canonical(
        authority(parts.group("origin")),
        encode(withoutDots(parts.group("path")), KEPT)
            + (query == null ? "" : encode(query, KEPT + "?")));
  }

  /**
   * The place a {@code Location} header points to, relative to where it was received (RFC 9110
   * §10.2.2). Inner blanks are taken as {@code %20}, as browsers do.
   */
  static Target resolve(Target base, String location) {
    String reference = location.strip().replace(" ", "%20");
    refuseAmbiguous(reference);
    if (SCHEME.matcher(reference).find()) {
      return parse(reference);
    }
    String origin = (base.secure() ? "https://" : "http://") + base.uri().getRawAuthority();
    String scheme = base.secure() ? "https:" : "http:";
    if (reference.startsWith("//")) {
      return parse(scheme + reference);
    }
    if (reference.startsWith("/")) {
      return parse(origin + reference);
    }
    if (reference.startsWith("?")) {
      return parse(origin + base.path() + reference);
    }
    if (reference.isEmpty() || reference.startsWith("#")) {
      return base;
    }
    return parse(origin + base.path().substring(0, base.path().lastIndexOf('/') + 1) + reference);
  }

  private static void refuseAmbiguous(String url) {
    if (url.length() > LONGEST) {
      throw new InvalidUrl(
          "the URL has %d characters, more than the %d allowed".formatted(url.length(), LONGEST));
    }
    for (int i = 0; i < url.length(); i++) {
      char c = url.charAt(i);
      if (Character.isISOControl(c) || Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        throw new InvalidUrl("the URL may not hold blanks or control characters");
      }
      if (c == '\\') {
        throw new InvalidUrl("the URL may not hold a backslash; write %5C");
      }
      if (Character.isSurrogate(c) && !isPair(url, i)) {
        throw new InvalidUrl("the URL is not valid Unicode");
      }
    }
  }

  private static boolean isPair(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
  }

  /** Host and port as browsers read them; the path is ours, since Spring folds {@code //}. */
  private static UriComponents authority(String origin) {
    try {
      return UriComponentsBuilder.fromUriString(origin, UriComponentsBuilder.ParserType.WHAT_WG)
          .build();
    } catch (InvalidUrlException _) {
      // The parser's own message may repeat the URL; ours stays short and safe.
      throw new InvalidUrl("the URL has no valid host or port");
    }
  }

  private static Target canonical(UriComponents origin, String pathAndQuery) {
    boolean secure = "https".equals(origin.getScheme());
    String host = host(lower(origin.getHost()));
    int port = origin.getPort() < 0 ? (secure ? 443 : 80) : origin.getPort();
    if (port == 0 || origin.getUserInfo() != null) {
      throw new InvalidUrl("the URL has no valid host or port");
    }
    String text =
        (secure ? "https://" : "http://")
            + host
            + (origin.getPort() < 0 ? "" : ":" + port)
            + pathAndQuery;
    try {
      return new Target(new URI(text), host, port, secure);
    } catch (URISyntaxException _) {
      throw new InvalidUrl("the URL has no valid host or path");
    }
  }

  /** Resolves dot segments, also percent-encoded ones, and keeps empty segments (URL Standard). */
  private static String withoutDots(String path) {
    if (path.isEmpty()) {
      return "/";
    }
    List<String> segments = List.of(path.substring(1).split("/", -1));
    Deque<String> kept = new ArrayDeque<>();
    for (int i = 0; i < segments.size(); i++) {
      String dots = segments.get(i).replaceAll("(?i)%2e", ".");
      boolean last = i == segments.size() - 1;
      if (dots.equals("..")) {
        kept.pollLast();
      } else if (!dots.equals(".")) {
        kept.addLast(segments.get(i));
        continue;
      }
      if (last) {
        kept.addLast("");
      }
    }
    return "/" + String.join("/", kept);
  }

  private static String host(String parsed) {
    if (parsed.startsWith("[")) {
      return parsed;
    }
    // The root dot names the same host; without it there is one name for guard, limit and cache.
    String name = parsed.endsWith(".") ? parsed.substring(0, parsed.length() - 1) : parsed;
    if (name.length() > 253 || !NAME.matcher(name).matches()) {
      throw new InvalidUrl("the URL's host is not a valid name");
    }
    boolean numeric = Character.isDigit(name.charAt(name.lastIndexOf('.') + 1));
    if (numeric && lastLabelIsNumber(name) && !IPV4.matcher(name).matches()) {
      throw new InvalidUrl("the URL's host is not a valid address");
    }
    return name;
  }

  private static boolean lastLabelIsNumber(String name) {
    return name.substring(name.lastIndexOf('.') + 1).matches("\\d+|0x[0-9a-f]*");
  }

  private static String lower(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      throw new InvalidUrl("the URL has no host");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  /** Percent-encodes what a {@link URI} may not hold; a {@code %} without two digits too. */
  private static String encode(String text, String kept) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      char c = (char) (bytes[i] & 0xff);
      boolean escape =
          c == '%'
              && i + 2 < bytes.length
              && HexFormat.isHexDigit(bytes[i + 1])
              && HexFormat.isHexDigit(bytes[i + 2]);
      if (escape || isAlphanumeric(c) || kept.indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(bytes[i]));
      }
    }
    return out.toString();
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
