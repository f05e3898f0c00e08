package io.threadmill.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/**
 * What a worker needs of a job's record, as {@code take.lua} answers it: the bytes as Redis keeps
 * them, so that no script spends time on telling each value. {@code preamble.lua} says what stands
 * where and is the only one that writes it.
 *
 * @param starts attempts begun before, over all runs
 * @param fails failed attempts of this run
 */
record PackedRecord(
    int run,
    int fails,
    int maxAttempts,
    int starts,
    Instant createdAt,
    Instant dueAt,
    Duration timeout,
    Duration backoff,
    int joined,
    Instant wantedSince,
    String type,
    String pool,
    String key,
    String host,
    String options,
    String params) {

  static final byte VERSION = 'C';

  // Offsets into the record, in the order of the preamble's FORM.
  private static final int RUN = 3;
  private static final int FAILS = 5;
  private static final int MAX = 7;
  private static final int STARTS = 9;
  private static final int CREATED = 15;
  private static final int DUE = 23;
  private static final int TIMEOUT = 63;
  private static final int BACKOFF = 67;
  private static final int JOINED = 71;
  private static final int WANTED = 72;
  private static final int LENGTHS = 111;
  private static final int PIECES = 135;

  /**
   * Reads a record.
   *
   * @throws IllegalStateException when it is of another version
   */
  static PackedRecord of(byte[] record) {
    if (record.length < PIECES || record[0] != VERSION) {
      throw new IllegalStateException("a job's record is not of this version's form");
    }
    var in = ByteBuffer.wrap(record);
    var pieces = new Pieces(in);
    String type = pieces.shorter();
    String pool = pieces.shorter();
    String key = pieces.shorter();
    String host = pieces.shorter();
    String _ = pieces.shorter(); // the tags
    String options = pieces.shorter();
    String params = pieces.longer();
    return new PackedRecord(
        in.getShort(RUN) & 0xffff,
        in.getShort(FAILS) & 0xffff,
        in.getShort(MAX) & 0xffff,
        in.getInt(STARTS),
        instant(in, CREATED),
        instant(in, DUE),
        Duration.ofMillis(in.getInt(TIMEOUT) & 0xffffffffL),
        Duration.ofMillis(in.getInt(BACKOFF) & 0xffffffffL),
        in.get(JOINED),
        instant(in, WANTED),
        type,
        pool,
        key,
        host,
        options,
        params);
  }

  private static Instant instant(ByteBuffer in, int at) {
    return Instant.ofEpochMilli((long) in.getDouble(at));
  }

  /** The texts behind the head, one after the other. */
  private static final class Pieces {

    private final ByteBuffer in;
    private int length = LENGTHS;
    private int at = PIECES;

    Pieces(ByteBuffer in) {
      this.in = in;
    }

    String shorter() {
      int bytes = in.getShort(length) & 0xffff;
      length += Short.BYTES;
      return text(bytes);
    }

    String longer() {
      int bytes = in.getInt(length);
      length += Integer.BYTES;
      return text(bytes);
    }

    private String text(int bytes) {
      String text = new String(in.array(), at, bytes, StandardCharsets.UTF_8);
      at += bytes;
      return text;
    }
  }
}
