package io.threadmill.scrape;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * Undoes {@code Content-Encoding} (RFC 9110, section 8.4.1): gzip, deflate (with or without the
 * zlib wrapper, as servers send both) and identity. A layer is cut off as soon as it passes a cap,
 * so a bomb costs the memory of the cap and not of its content.
 */
final class ContentDecoder {

  /** Two are seen when a proxy compresses what was compressed; more is an attack. */
  private static final int MAX_LAYERS = 2;

  /** HTML seldom packs better than 1 : 50; deflate itself ends near 1 : 1032. */
  private static final int MAX_RATIO = 200;

  /** Below this size a high ratio harms nobody. */
  private static final long RATIO_FREE = 1 << 20;

  private ContentDecoder() {}

  /**
   * The body as it was before its encodings were applied.
   *
   * @param encodings values of {@code Content-Encoding} in header order; each may be a list
   * @param maxDecoded bytes that any layer may unpack to
   * @throws BadEncoding for an unknown encoding, more than two layers or damaged data
   * @throws DecodedTooLarge past {@code maxDecoded}, or past 200 times the wire size beyond 1 MiB
   */
  static byte[] decode(byte[] wire, List<String> encodings, long maxDecoded)
      throws BadEncoding, DecodedTooLarge {
    List<String> layers = layers(encodings);
    if (layers.isEmpty() || wire.length == 0) {
      if (wire.length > maxDecoded) {
        throw new DecodedTooLarge(
            "the body is larger than %d bytes".formatted(maxDecoded), maxDecoded);
      }
      return wire;
    }
    try (InputStream in = open(wire, layers, maxDecoded)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream(Math.max(1024, wire.length * 2));
      in.transferTo(out);
      return out.toByteArray();
    } catch (BadEncoding | DecodedTooLarge known) {
      throw known;
    } catch (IOException damaged) {
      BadEncoding bad =
          new BadEncoding("the body is not valid %s".formatted(String.join(", ", layers)));
      bad.initCause(damaged);
      throw bad;
    }
  }

  private static List<String> layers(List<String> encodings) throws BadEncoding {
    List<String> layers = new ArrayList<>(MAX_LAYERS);
    for (String header : encodings) {
      for (String part : header.split(",", -1)) {
        String name = part.strip().toLowerCase(Locale.ROOT);
        switch (name) {
          case "", "identity" -> {}
          case "gzip", "x-gzip" -> layers.add("gzip");
          case "deflate" -> layers.add("deflate");
          default ->
              throw new BadEncoding(
                  "content encoding \"%s\" is not supported; only gzip, deflate and identity are"
                      .formatted(name.length() > 40 ? name.substring(0, 40) : name));
        }
        if (layers.size() > MAX_LAYERS) {
          throw new BadEncoding("more than %d content encodings".formatted(MAX_LAYERS));
        }
      }
    }
    return layers;
  }

  /** Encodings are listed in the order they were applied: the last comes off first. */
  private static InputStream open(byte[] wire, List<String> layers, long maxDecoded)
      throws IOException {
    InputStream in = new ByteArrayInputStream(wire);
    try {
      for (String layer : layers.reversed()) {
        InputStream plain = layer.equals("gzip") ? new GZIPInputStream(in, 8192) : inflate(in);
        in = new BufferedInputStream(new Capped(plain, maxDecoded, wire.length));
      }
      return in;
    } catch (IOException damaged) {
      in.close();
      throw damaged;
    }
  }

  private static InputStream inflate(InputStream in) throws IOException {
    in.mark(2);
    int first = in.read();
    int second = in.read();
    in.reset();
    // RFC 1950: method 8, a window of at most 32 KiB, and a header divisible by 31.
    boolean zlib =
        (first & 0x0f) == 8 && (first >> 4) <= 7 && second >= 0 && (first << 8 | second) % 31 == 0;
    return new Inflating(in, new Inflater(!zlib));
  }

  /** The JDK leaves an inflater that was handed in to its owner; here the stream is the owner. */
  private static final class Inflating extends InflaterInputStream {
    Inflating(InputStream in, Inflater inflater) {
      super(in, inflater, 8192);
    }

    @Override
    public void close() throws IOException {
      try {
        super.close();
      } finally {
        inf.end();
      }
    }
  }

  /** Counts what a layer gives and refuses the byte that passes a cap. */
  private static final class Capped extends FilterInputStream {
    private final long maxDecoded;
    private final long ratioCap;
    private long count;

    Capped(InputStream in, long maxDecoded, long wire) {
      super(in);
      this.maxDecoded = maxDecoded;
      this.ratioCap = Math.max(RATIO_FREE, wire * MAX_RATIO);
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      return value < 0 ? value : counted(1, value);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = in.read(buffer, offset, length);
      return read <= 0 ? read : counted(read, read);
    }

    private int counted(int more, int result) throws DecodedTooLarge {
      count += more;
      if (count > maxDecoded) {
        throw new DecodedTooLarge(
            "the body unpacks to more than %d bytes".formatted(maxDecoded), maxDecoded);
      }
      if (count > ratioCap) {
        throw new DecodedTooLarge(
            "the body unpacks to more than %d times its size".formatted(MAX_RATIO), ratioCap);
      }
      return result;
    }
  }
}
