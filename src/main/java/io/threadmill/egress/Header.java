package io.threadmill.egress;

/**
 * One header line, of a request or a response. Names compare without case; {@link HeaderGuard} says
 * which a request may carry.
 */
public record Header(String name, String value) {

  /** Whether this line is of that name, without case. */
  public boolean is(String otherName) {
    return name.equalsIgnoreCase(otherName);
  }
}
