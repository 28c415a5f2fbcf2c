package io.sparkswitch.jobs.track;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * TensorFlow's events: protocol buffers {@code tensorflow.Event}, each in a frame of length, the
 * length's checksum, the bytes and their checksum, little-endian.
 */
final class EventFrames {
  private static final String VERSION = "brain.Event:2";
  private static final int STATUS_START = 1;
  private static final int MASK_DELTA = 0xa282ead8;

  /** Numbers of fields in TensorFlow's event.proto and summary.proto. */
  private static final class Field {
    static final int EVENT_WALL_TIME = 1;
    static final int EVENT_STEP = 2;
    static final int EVENT_FILE_VERSION = 3;
    static final int EVENT_SUMMARY = 5;
    static final int EVENT_SESSION_LOG = 7;
    static final int SESSION_LOG_STATUS = 1;
    static final int SUMMARY_VALUE = 1;
    static final int VALUE_TAG = 1;
    static final int VALUE_SIMPLE_VALUE = 2;

    private Field() {}
  }

  @FunctionalInterface
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private EventFrames() {}

  /** What a file begins with. */
  static byte[] version(Instant now) {
    return event(now, out -> out.writeString(Field.EVENT_FILE_VERSION, VERSION));
  }

  /** A start at a step: what earlier files say of it and of later ones counts no more. */
  static byte[] start(Instant now, long step) {
    ByteString log = message(out -> out.writeEnum(Field.SESSION_LOG_STATUS, STATUS_START));
    return event(
        now,
        out -> {
          out.writeInt64(Field.EVENT_STEP, step);
          out.writeBytes(Field.EVENT_SESSION_LOG, log);
        });
  }

  /** Numbers of a step by their tags. */
  static byte[] scalars(Instant now, long step, Map<String, Double> scalars) {
    ByteString summary =
        message(
            out -> {
              for (Map.Entry<String, Double> scalar : scalars.entrySet()) {
                out.writeBytes(
                    Field.SUMMARY_VALUE, value(scalar.getKey(), scalar.getValue().floatValue()));
              }
            });
    return event(
        now,
        out -> {
          out.writeInt64(Field.EVENT_STEP, step);
          out.writeBytes(Field.EVENT_SUMMARY, summary);
        });
  }

  private static ByteString value(String tag, float number) {
    return message(
        out -> {
          out.writeString(Field.VALUE_TAG, tag);
          out.writeFloat(Field.VALUE_SIMPLE_VALUE, number);
        });
  }

  private static byte[] event(Instant now, Fields fields) {
    return frame(
        message(
            out -> {
              out.writeDouble(Field.EVENT_WALL_TIME, now.toEpochMilli() / 1000.0);
              fields.write(out);
            }));
  }

  private static ByteString message(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteString.copyFrom(bytes.toByteArray());
  }

  private static byte[] frame(ByteString record) {
    byte[] bytes = record.toByteArray();
    byte[] length = little(Long.BYTES).putLong(bytes.length).array();
    return little(length.length + Integer.BYTES + bytes.length + Integer.BYTES)
        .put(length)
        .putInt(maskedChecksum(length))
        .put(bytes)
        .putInt(maskedChecksum(bytes))
        .array();
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int maskedChecksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }
}
