package io.threadmill.scrape;

import io.threadmill.egress.Fetched;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A fetched page, decoded to text. */
record Page(Fetched fetched, String text, String charset, int bytes) {

  private static final List<String> MARKUP = List.of("html", "xml");
  private static final List<String> TEXTUAL =
      List.of("json", "javascript", "ecmascript", "csv", "yaml", "x-www-form-urlencoded");

  @Nullable String contentType() {
    return fetched.header("Content-Type");
  }

  static boolean isText(@Nullable String contentType) {
    if (contentType == null) {
      return true;
    }
    String type = contentType.toLowerCase(Locale.ROOT);
    return type.startsWith("text/")
        || MARKUP.stream().anyMatch(type::contains)
        || TEXTUAL.stream().anyMatch(type::contains);
  }

  /**
   * @throws BadEncoding when the body is not what its Content-Encoding says
   * @throws DecodedTooLarge when it unfolds beyond the limit
   */
  static Page decode(Fetched fetched, long limit) throws BadEncoding, DecodedTooLarge {
    List<String> encodings =
        fetched.headers().stream()
            .filter(header -> header.name().equalsIgnoreCase("Content-Encoding"))
            .flatMap(header -> List.of(header.value().split(",")).stream())
            .map(encoding -> encoding.strip().toLowerCase(Locale.ROOT))
            .filter(encoding -> !encoding.isEmpty())
            .toList();
    byte[] body = ContentDecoder.decode(fetched.body(), encodings, limit);
    CharsetFinder.Found found = CharsetFinder.find(body, fetched.header("Content-Type"));
    Charset charset = found.charset();
    String text = new String(body, found.bomLength(), body.length - found.bomLength(), charset);
    return new Page(fetched, text, found.name(), body.length);
  }
}
