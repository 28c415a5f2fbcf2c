package io.sparkswitch.model.exchange;

import io.netty.buffer.ByteBuf;

/**
 * The fixed header before each piece of a message; the piece's bytes follow. A message of {@code
 * total} bytes is one frame or more, all with the same tag.
 *
 * <p>Concurrency: immutable.
 *
 * <p>Ordering: the frames of a message follow each other with no other message between.
 *
 * @param from rank of the sender
 * @param tag what the message is for; null for the goodbye that ends a connection in good order
 * @param total bytes of the whole message
 * @param chunk bytes that follow this header
 */
record Frame(int from, Tag tag, long total, int chunk) {
  static final int HEADER_BYTES = 44;
  static final int MAX_CHUNK = 4 << 20;
  static final long MAX_TOTAL = 1L << 40;

  static final int MAGIC = 0x53574631; // "SWF1"
  static final byte VERSION = 1;

  private static final Direction[] DIRECTIONS = Direction.values();
  private static final byte DATA = 0;
  private static final byte GOODBYE = 1;

  Frame {
    if (chunk < 0 || chunk > MAX_CHUNK) {
      throw new IllegalArgumentException(
          "a frame of %d bytes; at most %d are allowed".formatted(chunk, MAX_CHUNK));
    }
    if (total < chunk || total > MAX_TOTAL) {
      throw new IllegalArgumentException(
          "a message of %d bytes in a frame of %d; at most %d are allowed"
              .formatted(total, chunk, MAX_TOTAL));
    }
  }

  static Frame goodbye(int from) {
    return new Frame(from, null, 0, 0);
  }

  boolean isGoodbye() {
    return tag == null;
  }

  void writeTo(ByteBuf out) {
    Tag t = isGoodbye() ? new Tag(0, 0, 0, 0, Direction.CONTROL) : tag;
    out.writeInt(MAGIC).writeByte(VERSION).writeByte(isGoodbye() ? GOODBYE : DATA);
    out.writeShort(t.direction().ordinal()).writeInt(from).writeInt(t.attempt());
    out.writeLong(t.step()).writeInt(t.microBatch()).writeInt(t.layer());
    out.writeLong(total).writeInt(chunk);
  }

  /**
   * Reads {@link #HEADER_BYTES} bytes.
   *
   * @throws IllegalArgumentException when they are no valid header; says which field
   */
  static Frame readFrom(ByteBuf in) {
    int magic = in.readInt();
    byte version = in.readByte();
    if (magic != MAGIC || version != VERSION) {
      throw new IllegalArgumentException(
          "no frame of version %d: it begins with %08x, version %d"
              .formatted(VERSION, magic, version));
    }
    byte kind = in.readByte();
    int direction = in.readUnsignedShort();
    if (kind < DATA || kind > GOODBYE || direction >= DIRECTIONS.length) {
      throw new IllegalArgumentException(
          "a frame of kind %d, direction %d".formatted(kind, direction));
    }
    int from = in.readInt();
    Tag tag =
        new Tag(in.readInt(), in.readLong(), in.readInt(), in.readInt(), DIRECTIONS[direction]);
    long total = in.readLong();
    int chunk = in.readInt();
    return kind == GOODBYE ? goodbye(from) : new Frame(from, tag, total, chunk);
  }
}
