package io.threadmill.scrape;

import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Makes a page's text into typed values. A number may carry a currency sign and group its digits.
 * Which of comma and point divides the fraction is taken from the number itself: the later one when
 * both stand in it; alone, it divides the fraction unless it parts groups of three (a point: only
 * when there are several).
 */
final class ExtractTypes {

  /** Longer numbers are not numbers of a page; bounds what BigInteger is asked to do. */
  private static final int MAX_DIGITS = 60;

  private static final Pattern SPACE_AND_CURRENCY = Pattern.compile("[\\s\\p{Sc}\\p{Z}'’]+");
  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+");
  private static final Pattern DECIMAL = Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)");
  private static final Pattern COMMA_GROUPS = Pattern.compile("[+-]?[0-9]{1,3}(,[0-9]{3})+");
  private static final Pattern POINT_GROUPS = Pattern.compile("[+-]?[0-9]{1,3}(\\.[0-9]{3}){2,}");

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ExtractTypes() {}

  /** The text as the type, or null when it is not of that type. */
  static @Nullable JsonNode convert(String raw, ExtractField.Type type, UrlResolver urls) {
    return switch (type) {
      case STRING -> JSON.stringNode(raw);
      case INTEGER -> integer(raw);
      case DECIMAL -> decimal(raw);
      case BOOLEAN -> bool(raw);
      case URL -> {
        String absolute = urls.link(raw);
        yield absolute == null ? null : JSON.stringNode(absolute);
      }
    };
  }

  private static @Nullable JsonNode integer(String raw) {
    String number = number(raw);
    if (number == null || !INTEGER.matches(number)) {
      return null;
    }
    BigInteger value = new BigInteger(number);
    return value.bitLength() < Long.SIZE
        ? JSON.numberNode(value.longValue())
        : JSON.numberNode(value);
  }

  private static @Nullable JsonNode decimal(String raw) {
    String number = number(raw);
    return number == null || !DECIMAL.matches(number)
        ? null
        : JSON.numberNode(new BigDecimal(number));
  }

  /** The number with a point for its fraction and no groups; its form is still to be checked. */
  private static @Nullable String number(String raw) {
    String number =
        raw.length() > 2 * MAX_DIGITS ? "" : SPACE_AND_CURRENCY.matcher(raw).replaceAll("");
    if (number.isEmpty() || number.length() > MAX_DIGITS) {
      return null;
    }
    int comma = number.lastIndexOf(',');
    int point = number.lastIndexOf('.');
    if (comma >= 0 && point >= 0) {
      return comma > point ? number.replace(".", "").replace(',', '.') : number.replace(",", "");
    }
    if (comma >= 0) {
      return COMMA_GROUPS.matches(number) ? number.replace(",", "") : number.replace(',', '.');
    }
    return POINT_GROUPS.matches(number) ? number.replace(".", "") : number;
  }

  private static @Nullable JsonNode bool(String raw) {
    return switch (raw.strip().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on", "1" -> JSON.booleanNode(true);
      case "false", "no", "off", "0" -> JSON.booleanNode(false);
      default -> null;
    };
  }
}
