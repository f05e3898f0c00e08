package io.threadmill.cache;

import io.threadmill.cache.SharedCache.Entry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * An entry as bytes, and back. Big-endian:
 *
 * <pre>
 * 4 magic "TMCE"   1 version   1 flags (1: body deflated)   8 asked at   8 stored at, both in ms
 * 4 head length    4 body length   4 length of the body as packed
 * head, packed body, 4 CRC32C over the fingerprint and all before
 * </pre>
 *
 * The fingerprint in the checksum makes an entry that lies under another key a damaged one. Nothing
 * here trusts a length before it is checked against the bytes there are, and inflating ends at the
 * length told, which is bounded. Stateless.
 */
final class EntryFormat {

  /** The most a body may unfold to, and the most that is kept. */
  static final int MOST_BODY = 16 * 1024 * 1024;

  static final int MOST_HEAD = 64 * 1024;

  private static final int MAGIC = 0x544d4345;
  private static final byte VERSION = 1;
  private static final byte DEFLATED = 1;
  private static final int FIXED = 4 + 1 + 1 + 8 + 8 + 4 + 4 + 4;
  private static final int CRC = 4;

  /** Smaller bodies gain too little. */
  private static final int WORTH_PACKING = 512;

  /** Enough to tell text from what is compressed already. */
  private static final int SAMPLE = 16 * 1024;

  private EntryFormat() {}

  /** Empty when the entry is over a bound of the format. */
  static Optional<byte[]> pack(Fingerprint fingerprint, Entry entry) {
    if (entry.head().length > MOST_HEAD || entry.body().length > MOST_BODY) {
      return Optional.empty();
    }
    byte[] body = entry.body();
    byte[] packed = deflated(body);
    boolean deflate = packed != null;
    byte[] stored = packed != null ? packed : body;
    ByteBuffer out = ByteBuffer.allocate(FIXED + entry.head().length + stored.length + CRC);
    out.putInt(MAGIC)
        .put(VERSION)
        .put(deflate ? DEFLATED : 0)
        .putLong(entry.askedAt().toEpochMilli())
        .putLong(entry.storedAt().toEpochMilli())
        .putInt(entry.head().length)
        .putInt(body.length)
        .putInt(stored.length)
        .put(entry.head())
        .put(stored);
    out.putInt(checksum(fingerprint, out.array(), out.position()));
    return Optional.of(out.array());
  }

  /** Empty when the bytes are not an entry of this version under this fingerprint. */
  static Optional<Entry> unpack(Fingerprint fingerprint, byte[] bytes) {
    if (bytes.length < FIXED + CRC) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.getInt() != MAGIC || in.get() != VERSION) {
      return Optional.empty();
    }
    byte flags = in.get();
    Instant askedAt = Instant.ofEpochMilli(in.getLong());
    Instant storedAt = Instant.ofEpochMilli(in.getLong());
    int head = in.getInt();
    int body = in.getInt();
    int stored = in.getInt();
    boolean deflate = flags == DEFLATED;
    if ((flags & ~DEFLATED) != 0
        || head < 0
        || head > MOST_HEAD
        || body < 0
        || body > MOST_BODY
        || stored < 0
        || (!deflate && stored != body)
        || (long) FIXED + head + stored + CRC != bytes.length) {
      return Optional.empty();
    }
    int end = bytes.length - CRC;
    if (checksum(fingerprint, bytes, end) != ByteBuffer.wrap(bytes, end, CRC).getInt()) {
      return Optional.empty();
    }
    byte[] headBytes = Arrays.copyOfRange(bytes, FIXED, FIXED + head);
    byte[] bodyBytes =
        deflate
            ? inflated(bytes, FIXED + head, stored, body)
            : Arrays.copyOfRange(bytes, FIXED + head, end);
    return bodyBytes == null
        ? Optional.empty()
        : Optional.of(new Entry(askedAt, storedAt, headBytes, bodyBytes));
  }

  private static int checksum(Fingerprint fingerprint, byte[] bytes, int length) {
    var crc = new CRC32C();
    crc.update(fingerprint.hex().getBytes(StandardCharsets.US_ASCII));
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** Null when that saves less than a tenth. */
  private static byte @Nullable [] deflated(byte[] body) {
    if (body.length < WORTH_PACKING) {
      return null;
    }
    if (body.length > 2 * SAMPLE && deflated(body, SAMPLE) == null) {
      return null;
    }
    return deflated(body, body.length);
  }

  private static byte @Nullable [] deflated(byte[] body, int length) {
    byte[] out = new byte[length - length / 10];
    var deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      deflater.setInput(body, 0, length);
      deflater.finish();
      int size = deflater.deflate(out);
      return deflater.finished() ? Arrays.copyOf(out, size) : null;
    } finally {
      deflater.end();
    }
  }

  private static byte @Nullable [] inflated(byte[] bytes, int from, int length, int size) {
    byte[] out = new byte[size];
    var inflater = new Inflater(true);
    try {
      inflater.setInput(bytes, from, length);
      int made = inflater.inflate(out);
      return made == size && inflater.getRemaining() == 0 ? out : null;
    } catch (DataFormatException _) {
      return null;
    } finally {
      inflater.end();
    }
  }
}
