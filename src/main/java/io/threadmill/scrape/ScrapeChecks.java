package io.threadmill.scrape;

import io.threadmill.egress.HeaderGuard;
import io.threadmill.egress.InvalidUrl;
import io.threadmill.egress.Target;
import io.threadmill.job.Violations;
import io.threadmill.scrape.ScrapeParams.Format;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is wrong with the params of a scrape, told at submit. */
final class ScrapeChecks {

  private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST");
  private static final int MOST_HEADERS = 50;

  private ScrapeChecks() {}

  static void check(ScrapeParams params, Violations violations) {
    if (params.url() == null) {
      violations.add("/url", "is missing: give the page's http or https URL");
    } else {
      try {
        Target.parse(params.url());
      } catch (InvalidUrl invalid) {
        violations.add("/url", String.valueOf(invalid.getMessage()));
      }
    }
    if (!METHODS.contains(params.verb())) {
      violations.add("/method", "must be GET, HEAD or POST");
    }
    if (params.body() != null && !params.verb().equals("POST")) {
      violations.add("/body", "is sent with method POST only");
    }
    if (params.headerMap().size() > MOST_HEADERS) {
      violations.add("/headers", "holds more than " + MOST_HEADERS + " headers");
    }
    for (Map.Entry<String, String> header : params.headerMap().entrySet()) {
      String reason =
          header.getValue() == null
              ? "must be a string"
              : HeaderGuard.check(header.getKey(), header.getValue());
      if (reason != null) {
        violations.add("/headers/" + Violations.escape(header.getKey()), reason);
      }
    }
    checkFormats(params, violations);
    if (params.maxBytes() != null
        && (params.maxBytes() < 1 || params.maxBytes() > ScrapeParams.LARGEST_MAX_BYTES)) {
      violations.add("/maxBytes", "must be from 1 to " + ScrapeParams.LARGEST_MAX_BYTES);
    }
  }

  private static void checkFormats(ScrapeParams params, Violations violations) {
    List<Format> wanted = params.wanted();
    for (int i = 0; i < wanted.size(); i++) {
      Format format = wanted.get(i);
      if (format == null) {
        violations.add("/formats/" + i, "must be a string");
      } else if (!format.available()) {
        violations.add("/formats/" + i, format + " is not available in this version");
      }
    }
    if (Boolean.TRUE.equals(params.onlyMainContent())) {
      violations.add("/onlyMainContent", "is not available in this version");
    }
    if (wanted.contains(Format.EXTRACT) && params.extract() == null) {
      violations.add("/extract", "is missing: formats asks for an extraction");
    }
    if (params.extract() != null) {
      var _ = ExtractSchema.compile(params.extract(), violations, "/extract");
    }
  }
}
