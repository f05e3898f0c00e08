package io.threadmill.web.access;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Who calls: the name of the key, or {@code anonymous} where no key is configured. An identity for
 * scopes, idempotency and private cache entries; there are no tenants.
 */
public record Caller(String name) {

  private static final String ATTRIBUTE = Caller.class.getName();
  static final Caller ANONYMOUS = new Caller("anonymous");

  public static Caller of(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof Caller caller ? caller : ANONYMOUS;
  }

  /** The key's name, null where no key is configured. */
  public @Nullable String keyName() {
    return equals(ANONYMOUS) ? null : name;
  }

  void bind(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }
}
