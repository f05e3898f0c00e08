package io.threadmill.job;

/** A part of the request is over a size of the contract. */
public final class PayloadTooLarge extends ThreadmillException {

  private final String pointer;

  /**
   * @param pointer the part, as a JSON Pointer
   * @param detail the limit and the size found, safe to show
   */
  public PayloadTooLarge(String pointer, String detail) {
    super(detail);
    this.pointer = pointer;
  }

  public String pointer() {
    return pointer;
  }
}
