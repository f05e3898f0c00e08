package io.threadmill.web.openapi;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The calls whose answers are deliberately not held against the document, and why. */
enum LeftOut {
  PAGES(
      "the demo site and files for browsers are to look at, no calls of the contract",
      exchange -> Paths.OF_PAGES.matcher(exchange.path()).matches()),
  OPTIONS(
      "OPTIONS is answered from the mappings, for every path alike: HTTP's own",
      exchange -> exchange.method().equals("OPTIONS") && exchange.status() == 200),
  TRACE(
      "the container refuses TRACE on every path and lists its own methods in Allow",
      exchange -> exchange.method().equals("TRACE") && exchange.status() == 405);

  /** Apart, because an enum's constants are made before its fields. */
  private static final class Paths {
    static final Pattern OF_PAGES =
        Pattern.compile(
            "/|/index\\.html|/threadmill\\.css|/favicon\\.ico|/demo(/.*)?|/robots\\.txt"
                + "|/sitemap[a-z-]*\\.xml");
  }

  private final String reason;
  private final Predicate<Exchange> calls;

  LeftOut(String reason, Predicate<Exchange> calls) {
    this.reason = reason;
    this.calls = calls;
  }

  static Optional<LeftOut> of(Exchange exchange) {
    return Arrays.stream(values()).filter(one -> one.calls.test(exchange)).findFirst();
  }

  @Override
  public String toString() {
    return reason;
  }
}
