package io.threadmill.egress;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * A range of addresses, compared by bytes.
 *
 * @param network the first address, 4 or 16 bytes
 * @param bits how many leading bits count
 */
@SuppressWarnings("ArrayRecordComponent") // compared by contains() only
record Cidr(byte[] network, int bits) {

  private static final Pattern IPV4 = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");

  /**
   * Parses {@code 10.0.0.0/8}, {@code fd00::/8} or a single address.
   *
   * @throws IllegalArgumentException with a message that says what is wrong with the text
   */
  static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    boolean six = address.indexOf(':') >= 0;
    if (!six && !IPV4.matcher(address).matches()) {
      throw new IllegalArgumentException("not an address range such as 10.0.0.0/8 or fd00::/8");
    }
    InetAddress parsed = InetAddress.ofLiteral(address);
    if (six == parsed instanceof Inet4Address || address.matches(".*[%\\[].*")) {
      throw new IllegalArgumentException(
          "write an IPv4 address as four numbers, an IPv6 one without zone");
    }
    byte[] bytes = parsed.getAddress();
    int bits = bytes.length * 8;
    if (slash >= 0) {
      String length = text.substring(slash + 1);
      if (!length.matches("\\d{1,3}") || Integer.parseInt(length) > bits) {
        throw new IllegalArgumentException("the prefix length must be 0 to " + bits);
      }
      bits = Integer.parseInt(length);
    }
    Cidr range = new Cidr(bytes, bits);
    if (!Arrays.equals(range.masked(bytes), bytes)) {
      throw new IllegalArgumentException("bits are set beyond the prefix length");
    }
    return range;
  }

  boolean contains(InetAddress address) {
    return contains(address.getAddress());
  }

  boolean contains(byte[] address) {
    return address.length == network.length && Arrays.equals(masked(address), network);
  }

  private byte[] masked(byte[] address) {
    byte[] out = address.clone();
    for (int i = 0; i < out.length; i++) {
      int kept = Math.clamp(bits - i * 8L, 0, 8);
      out[i] &= (byte) (0xff << (8 - kept));
    }
    return out;
  }
}
