package io.threadmill.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentDecoderTests {

  private static final byte[] PAGE = "<p>grüezi</p>".repeat(100).getBytes(StandardCharsets.UTF_8);
  private static final long MAX = 16 << 20;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip | gzip",
        "gzip | x-gzip",
        "gzip | GZIP",
        "zlib | deflate",
        "raw | deflate",
        "plain | identity",
        "plain | ''",
        "gzip | identity, gzip",
        "zlib gzip | deflate, gzip",
        "gzip raw | gzip, deflate",
        "gzip gzip | gzip, gzip"
      })
  void undoesTheEncodingsLastFirst(String packed, String header) throws Exception {
    byte[] wire = PAGE;
    for (String layer : packed.split(" ", -1)) {
      wire = pack(layer, wire);
    }
    assertThat(ContentDecoder.decode(wire, List.of(header), MAX)).isEqualTo(PAGE);
  }

  @Test
  void severalHeadersAreOneList() throws Exception {
    byte[] wire = pack("gzip", pack("zlib", PAGE));
    assertThat(ContentDecoder.decode(wire, List.of("deflate", "gzip"), MAX)).isEqualTo(PAGE);
  }

  @Test
  void membersOfAGzipFileAreJoined() throws Exception {
    byte[] one = pack("gzip", PAGE);
    byte[] two = Arrays.copyOf(one, one.length * 2);
    System.arraycopy(one, 0, two, one.length, one.length);
    assertThat(ContentDecoder.decode(two, List.of("gzip"), MAX)).hasSize(PAGE.length * 2);
  }

  @Test
  void anEmptyBodyStaysEmpty() throws Exception {
    assertThat(ContentDecoder.decode(new byte[0], List.of("gzip"), MAX)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"br", "zstd", "gzip, gzip, gzip", "deflate", "gzip, deflate"})
  void refusesWhatItCannotUndo(String header) throws Exception {
    byte[] wire = pack("gzip", PAGE);
    assertThatExceptionOfType(BadEncoding.class)
        .isThrownBy(() -> ContentDecoder.decode(wire, List.of(header), MAX));
  }

  @Test
  void refusesACutBody() throws Exception {
    byte[] wire = pack("gzip", PAGE);
    assertThatExceptionOfType(BadEncoding.class)
        .isThrownBy(() ->
            ContentDecoder.decode(Arrays.copyOf(wire, wire.length - 12), List.of("gzip"), MAX))
        .withMessageContaining("gzip");
  }

  @Test
  void aBombIsCutOffByItsRatio() throws Exception {
    byte[] wire = pack("gzip", new byte[64 << 20]);
    assertThatExceptionOfType(DecodedTooLarge.class)
        .isThrownBy(() -> ContentDecoder.decode(wire, List.of("gzip"), Long.MAX_VALUE))
        .withMessageContaining("200 times")
        .satisfies(cut -> assertThat(cut.cap()).isEqualTo(wire.length * 200L));
  }

  @Test
  void aBombInABombIsCutOffInItsMiddle() throws Exception {
    byte[] wire = pack("gzip", pack("gzip", new byte[64 << 20]));
    assertThatExceptionOfType(DecodedTooLarge.class)
        .isThrownBy(() -> ContentDecoder.decode(wire, List.of("gzip, gzip"), Long.MAX_VALUE));
  }

  @Test
  void aHighRatioBelowOneMebibyteIsFine() throws Exception {
    byte[] wire = pack("gzip", new byte[1 << 20]);
    assertThat(ContentDecoder.decode(wire, List.of("gzip"), MAX)).hasSize(1 << 20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "plain"})
  void theCapHoldsToTheByte(String packing) throws Exception {
    byte[] noise = new byte[5000];
    new Random(1).nextBytes(noise);
    byte[] wire = pack(packing, noise);
    List<String> header = List.of(packing.equals("gzip") ? "gzip" : "identity");
    assertThat(ContentDecoder.decode(wire, header, 5000)).isEqualTo(noise);
    assertThatExceptionOfType(DecodedTooLarge.class)
        .isThrownBy(() -> ContentDecoder.decode(wire, header, 4999))
        .withMessageContaining("4999");
  }

  private static byte[] pack(String layer, byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream packing =
        switch (layer) {
          case "gzip" -> new GZIPOutputStream(out);
          case "zlib" -> new DeflaterOutputStream(out);
          case "raw" -> new DeflaterOutputStream(out, new Deflater(9, true));
          default -> out;
        }) {
      packing.write(plain);
    }
    return out.toByteArray();
  }
}
