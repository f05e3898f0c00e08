package io.threadmill.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintTests {

  @Test
  void equalPartsMakeEqualFingerprints() {
    assertThat(Fingerprint.of("scrape").with("url", "http://a/").end())
        .isEqualTo(Fingerprint.of("scrape").with("url", "http://a/").end());
  }

  @Test
  void noTwoListsOfPartsHaveTheSameBytes() {
    assertThat(
            Stream.of(
                    Fingerprint.of("k").with("a", "bc"),
                    Fingerprint.of("k").with("ab", "c"),
                    Fingerprint.of("k").with("a", "b").with("c", ""),
                    Fingerprint.of("k").with("a", "").with("bc", ""),
                    Fingerprint.of("k").with("", "abc"),
                    Fingerprint.of("ka").with("", "bc"),
                    Fingerprint.of("k").with("a", "b").with("a", "c"),
                    Fingerprint.of("k").with("a", "c").with("a", "b"),
                    Fingerprint.of("k"))
                .map(Fingerprint.Parts::end))
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "abc",
        "#",
        "ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789"
      })
  void onlyADigestIsAFingerprint(String text) {
    assertThatThrownBy(() -> new Fingerprint(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
