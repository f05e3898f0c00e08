package io.threadmill.scrape;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The params of {@code type: "scrape"}; absent members are null. */
record ScrapeParams(
    @Nullable String url,
    @Nullable String method,
    @Nullable Map<String, String> headers,
    @Nullable String body,
    @Nullable List<Format> formats,
    @Nullable JsonNode extract,
    @Nullable Boolean onlyMainContent,
    @Nullable Robots robots,
    @Nullable Long maxBytes) {

  static final long DEFAULT_MAX_BYTES = 10L * 1024 * 1024;
  static final long LARGEST_MAX_BYTES = 64L * 1024 * 1024;

  /** Whether robots.txt is obeyed. */
  enum Robots {
    @JsonProperty("obey")
    OBEY("obey"),
    @JsonProperty("ignore")
    IGNORE("ignore");

    private final String text;

    Robots(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** What is made of a page. */
  enum Format {
    @JsonProperty("extract")
    EXTRACT("extract", true),
    @JsonProperty("text")
    TEXT("text", true),
    @JsonProperty("links")
    LINKS("links", true),
    @JsonProperty("metadata")
    METADATA("metadata", true),
    @JsonProperty("html")
    HTML("html", true),
    @JsonProperty("rawHtml")
    RAW_HTML("rawHtml", true),
    @JsonProperty("markdown")
    MARKDOWN("markdown", false),
    @JsonProperty("structured")
    STRUCTURED("structured", false);

    private final String text;
    private final boolean available;

    Format(String text, boolean available) {
      this.text = text;
      this.available = available;
    }

    boolean available() {
      return available;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  String address() {
    return url == null ? "" : url;
  }

  String verb() {
    return method == null ? "GET" : method;
  }

  Map<String, String> headerMap() {
    return headers == null ? Map.of() : headers;
  }

  boolean obeysRobots() {
    return robots != Robots.IGNORE;
  }

  long byteLimit() {
    return maxBytes == null ? DEFAULT_MAX_BYTES : maxBytes;
  }

  /** What was asked for; by default the extraction where there is one, else what a reader wants. */
  List<Format> wanted() {
    if (formats != null && !formats.isEmpty()) {
      return formats;
    }
    return extract != null
        ? List.of(Format.EXTRACT)
        : List.of(Format.METADATA, Format.TEXT, Format.LINKS);
  }
}
