package io.threadmill.web.access;

import io.threadmill.web.Problem;
import io.threadmill.web.ProblemException;
import io.threadmill.web.ProblemWriter;
import io.threadmill.web.access.Keyring.Client;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets a call pass or ends it with 401 or 403. Without keys only calls that name this machine
 * itself in Host pass, so that no page of another site can reach the service through a visitor's
 * browser (DNS rebinding).
 */
final class AccessFilter extends OncePerRequestFilter {

  private static final Pattern BEARER = Pattern.compile("(?i)Bearer +([\\x21-\\x7e]+) *");
  private static final Pattern LOCAL =
      Pattern.compile("(?i)(localhost|127\\.0\\.0\\.1|\\[::1\\])(:\\d{1,5})?");

  private final Keyring keys;
  private final ProblemWriter problems;

  AccessFilter(Keyring keys, ProblemWriter problems) {
    this.keys = keys;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("X-Frame-Options", "DENY");
    try {
      check(request);
    } catch (ProblemException refused) {
      problems.write(response, refused);
      return;
    }
    chain.doFilter(request, response);
  }

  private void check(HttpServletRequest request) {
    String path = request.getRequestURI().substring(request.getContextPath().length());
    if (Routes.isAmbiguous(path)) {
      throw ProblemException.badRequest("The path holds a part that can be read in two ways.");
    }
    if (keys.isEmpty()) {
      checkHost(request.getHeader("Host"));
      return;
    }
    if (Routes.isOpen(path)) {
      return;
    }
    Client client =
        bearer(Collections.list(request.getHeaders("Authorization")))
            .flatMap(keys::find)
            .orElseThrow(() ->
                new ProblemException(
                    Problem.UNAUTHENTICATED,
                    "Send Authorization: Bearer <key> with a key that this service knows."));
    Routes.scope(request.getMethod(), path)
        .filter(scope -> !client.may(scope))
        .ifPresent(scope -> {
          throw new ProblemException(
              Problem.INSUFFICIENT_SCOPE, "The key lacks the scope " + scope.text() + ".");
        });
    client.caller().bind(request);
  }

  private static void checkHost(@Nullable String host) {
    if (host == null || !LOCAL.matcher(host).matches()) {
      throw new ProblemException(
          Problem.FORBIDDEN_HOST,
          "Without a key this service answers only to localhost, 127.0.0.1 and [::1].");
    }
  }

  private static Optional<String> bearer(List<String> headers) {
    if (headers.size() != 1) {
      return Optional.empty(); // of two, a proxy may have checked the other
    }
    Matcher matcher = BEARER.matcher(headers.getFirst());
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
