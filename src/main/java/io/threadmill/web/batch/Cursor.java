package io.threadmill.web.batch;

import io.threadmill.batch.BatchRepository.Order;
import io.threadmill.web.ProblemException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A position in the rows of a batch, as clients hand it back: the order's letter and a number. */
record Cursor(Order order, long position) {

  private static final Pattern FORM = Pattern.compile("([cs])(\\d{1,10})");

  /**
   * @param text what a client sent, null for the beginning
   * @throws ProblemException when it is not a cursor of this order
   */
  static Cursor parse(@Nullable String text, Order order, String name) {
    if (text == null) {
      return new Cursor(order, 0);
    }
    Matcher form = FORM.matcher(text);
    if (!form.matches() || !form.group(1).equals(letter(order))) {
      throw ProblemException.badRequest(
          name + " must be a cursor that this route gave in the same order.");
    }
    return new Cursor(order, Long.parseLong(form.group(2)));
  }

  Cursor to(long other) {
    return new Cursor(order, other);
  }

  private static String letter(Order order) {
    return order == Order.COMPLETED ? "c" : "s";
  }

  @Override
  public String toString() {
    return letter(order) + position;
  }
}
