package io.sparkswitch.data.token;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Walks the fields of one protobuf message: {@link #next()}, then the accessor of the field's kind
 * or {@link #skip()}. Whatever is not protobuf fails with {@link IllegalArgumentException} naming
 * the byte.
 */
final class ProtoReader {
  private final byte[] bytes;
  private final int end;
  private int at;
  private int field;
  private int wireType;

  ProtoReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private ProtoReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  boolean next() {
    if (at == end) {
      return false;
    }
    long tag = varint();
    field = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    if (tag >>> 3 == 0 || tag >>> 3 > 0x1FFFFFFF) {
      throw malformed("a field number outside protobuf's range");
    }
    return true;
  }

  int field() {
    return field;
  }

  int integer() {
    expect(ProtoWriter.VARINT);
    return (int) varint();
  }

  float number() {
    expect(ProtoWriter.FIXED32);
    int from = take(Float.BYTES);
    int bits = 0;
    for (int i = Float.BYTES - 1; i >= 0; i--) {
      bits = bits << Byte.SIZE | bytes[from + i] & 0xFF;
    }
    return Float.intBitsToFloat(bits);
  }

  String text() {
    ProtoReader part = message();
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, part.at, part.end - part.at))
          .toString();
    } catch (CharacterCodingException e) {
      throw malformed("text that is not UTF-8");
    }
  }

  byte[] bytes() {
    ProtoReader part = message();
    return Arrays.copyOfRange(bytes, part.at, part.end);
  }

  ProtoReader message() {
    expect(ProtoWriter.LENGTH_DELIMITED);
    long length = varint();
    if (length < 0 || length > end - at) {
      throw malformed("a field of %d bytes where %d are left".formatted(length, end - at));
    }
    int from = take((int) length);
    return new ProtoReader(bytes, from, at);
  }

  void skip() {
    switch (wireType) {
      case ProtoWriter.VARINT -> varint();
      case ProtoWriter.FIXED64 -> take(Long.BYTES);
      case ProtoWriter.LENGTH_DELIMITED -> message();
      case ProtoWriter.FIXED32 -> take(Integer.BYTES);
      default -> throw malformed("wire type " + wireType);
    }
  }

  private void expect(int expected) {
    if (wireType != expected) {
      throw malformed("field %d with wire type %d, not %d".formatted(field, wireType, expected));
    }
  }

  private int take(int count) {
    if (count > end - at) {
      throw malformed("an end inside a field");
    }
    int from = at;
    at += count;
    return from;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte b = bytes[take(1)];
      value |= (b & 0x7FL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw malformed("a number of more than ten bytes");
  }

  private IllegalArgumentException malformed(String what) {
    return new IllegalArgumentException("byte %d: found %s".formatted(at, what));
  }
}
