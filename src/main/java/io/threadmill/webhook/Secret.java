package io.threadmill.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a delivery is signed with, by Standard Webhooks 1.0: {@code v1,} and the HMAC-SHA256 of
 * {@code id.timestamp.body} in Base64. Immutable; never shown.
 */
final class Secret {

  static final String FORM =
      "must be \"whsec_\" followed by 24 to 64 random bytes in Base64, as \"echo whsec_$(openssl"
          + " rand -base64 32)\" makes it";

  private static final String PREFIX = "whsec_";
  private static final int LEAST = 24;
  private static final int MOST = 64;
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  private Secret(byte[] key) {
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /** The secret in its usual form, or nothing where the text has another. */
  static Optional<Secret> parse(String text) {
    return decoded(text)
        .filter(bytes -> bytes.length >= LEAST && bytes.length <= MOST)
        .map(Secret::new);
  }

  private static Optional<byte[]> decoded(String text) {
    if (!text.startsWith(PREFIX)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Base64.getDecoder().decode(text.substring(PREFIX.length())));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** One entry of the header {@code webhook-signature}. */
  String sign(String id, long timestamp, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException impossible) { // every JDK has it
      throw new IllegalStateException(impossible);
    }
  }
}
