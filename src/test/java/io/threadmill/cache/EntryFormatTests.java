package io.threadmill.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.cache.SharedCache.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryFormatTests {

  private static final Fingerprint ONE = Fingerprint.of("test").with("n", "1").end();
  private static final Fingerprint OTHER = Fingerprint.of("test").with("n", "2").end();
  private static final Instant AT = Instant.ofEpochMilli(1_800_000_000_123L);

  private static Entry entry(byte[] body) {
    return new Entry(AT.minusMillis(1500), AT, "{\"a\":1}".getBytes(StandardCharsets.UTF_8), body);
  }

  private static byte[] packed(byte[] body) {
    return EntryFormat.pack(ONE, entry(body)).orElseThrow();
  }

  private static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(5).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 511, 512, 20_000, 40_000, 1_000_000})
  void whatWasPackedComesBack(int length) {
    for (byte[] body :
        new byte[][] {
          noise(length), "<p>text</p>".repeat(length).substring(0, length).getBytes()
        }) {
      Entry back = EntryFormat.unpack(ONE, packed(body)).orElseThrow();
      assertThat(back.storedAt()).isEqualTo(AT);
      assertThat(back.askedAt()).isEqualTo(AT.minusMillis(1500));
      assertThat(back.head()).isEqualTo("{\"a\":1}".getBytes(StandardCharsets.UTF_8));
      assertThat(back.body()).isEqualTo(body);
    }
  }

  @Test
  void onlyWhatPaysIsCompressed() {
    assertThat(packed("<p>text</p>".repeat(10_000).getBytes()).length).isLessThan(10_000);
    assertThat(packed(noise(100_000)).length).isBetween(100_000, 100_100);
  }

  @Test
  void noByteMayDifferAndNoneMayBeMissing() {
    byte[] good = packed("<p>text</p>".repeat(100).getBytes());
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 1;
      assertThat(EntryFormat.unpack(ONE, bad)).as("byte %d", i).isEmpty();
      assertThat(EntryFormat.unpack(ONE, Arrays.copyOf(good, i))).as("%d bytes", i).isEmpty();
    }
    assertThat(EntryFormat.unpack(ONE, Arrays.copyOf(good, good.length + 1))).isEmpty();
  }

  @Test
  void anEntryUnderAnotherKeyIsNone() {
    assertThat(EntryFormat.unpack(OTHER, packed(noise(100)))).isEmpty();
  }

  @Test
  void randomBytesAreNone() {
    var random = new SplittableRandom(9);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      assertThat(EntryFormat.unpack(ONE, bytes)).isEmpty();
    }
  }

  @Test
  void whatIsOverTheBoundsIsNotPacked() {
    assertThat(EntryFormat.pack(ONE, entry(new byte[EntryFormat.MOST_BODY + 1])))
        .isEqualTo(Optional.empty());
    assertThat(
            EntryFormat.pack(ONE, new Entry(AT, new byte[EntryFormat.MOST_HEAD + 1], new byte[0])))
        .isEmpty();
  }
}
