package io.threadmill.web.access;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.web.util.UriUtils;

/**
 * What a call needs, by its path and method. Scopes are decided on the decoded path, as the
 * dispatcher reads it; what is not listed needs {@code admin}, so that a route that moves (another
 * base path) closes rather than opens.
 */
final class Routes {

  /** Open to all: status only, explanations, the demo site where it is on, and the front page. */
  private static final Pattern OPEN =
      Pattern.compile(
          "/(index\\.html)?|/threadmill\\.css|/favicon\\.ico|/problems(/[a-z0-9-]*)?|/v3/api-docs|/docs"
              + "|/actuator/health/(liveness|readiness)|/demo(/.*)?|/robots\\.txt"
              + "|/sitemap[a-z-]*\\.xml|/error");

  /** Forms of a path that one reader takes for another path. */
  private static final Pattern AMBIGUOUS =
      Pattern.compile("//|;|\\\\|/\\.\\.?(/|$)|%2[eEfF]|%5[cC]|%00|%25|%3[bB]");

  private static final Set<String> ANY_KEY =
      Set.of("/actuator", "/actuator/info", "/actuator/health");
  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

  private Routes() {}

  static boolean isAmbiguous(String path) {
    return AMBIGUOUS.matcher(path).find();
  }

  static boolean isOpen(String path) {
    return OPEN.matcher(path).matches();
  }

  /** The scope a call needs beyond a valid key, if any. */
  static Optional<Scope> scope(String method, String rawPath) {
    String path = UriUtils.decode(rawPath, StandardCharsets.UTF_8);
    boolean reads = READS.contains(method);
    if (path.startsWith("/v1/")) {
      return Optional.of(reads ? Scope.JOBS_READ : Scope.JOBS_WRITE);
    }
    if (path.equals("/actuator/prometheus")) {
      return Optional.of(Scope.METRICS_READ);
    }
    if (path.startsWith("/actuator/health/") || (reads && ANY_KEY.contains(path))) {
      return Optional.empty();
    }
    return Optional.of(Scope.ADMIN);
  }
}
