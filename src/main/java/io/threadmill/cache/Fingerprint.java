package io.threadmill.cache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What makes two pieces of work equal: SHA-256 over named parts. Each name and value is preceded by
 * its length, so that no two lists of parts have the same bytes; their order counts. A secret may
 * be a part: it enters the digest and is kept nowhere.
 *
 * @param hex 64 lower-case hex digits
 */
public record Fingerprint(String hex) {

  /**
   * @throws IllegalArgumentException when it is not 64 lower-case hex digits
   */
  public Fingerprint {
    if (!isHex(hex)) {
      throw new IllegalArgumentException("a fingerprint is 64 lower-case hex digits");
    }
  }

  static boolean isHex(String text) {
    return text.length() == 64
        && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  /** Begins a fingerprint; {@code kind} keeps the works of different owners apart. */
  public static Parts of(String kind) {
    return new Parts().with("kind", kind);
  }

  /** Gathers the parts. Not thread-safe. */
  public static final class Parts {

    private final MessageDigest digest;

    private Parts() {
      try {
        digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    public Parts with(String name, String value) {
      return with(name, value.getBytes(StandardCharsets.UTF_8));
    }

    public Parts with(String name, byte[] value) {
      piece(name.getBytes(StandardCharsets.UTF_8));
      piece(value);
      return this;
    }

    private void piece(byte[] bytes) {
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
      digest.update(bytes);
    }

    /** Ends it; this object must not be used again. */
    public Fingerprint end() {
      return new Fingerprint(HexFormat.of().formatHex(digest.digest()));
    }
  }

  @Override
  public String toString() {
    return hex;
  }
}
