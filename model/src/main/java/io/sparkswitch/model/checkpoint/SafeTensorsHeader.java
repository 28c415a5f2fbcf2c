package io.sparkswitch.model.checkpoint;

import io.sparkswitch.data.source.InputException;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What a safetensors file says of itself: believed only where it fits the file's length. The
 * tensors cover the data without overlap or hole.
 *
 * @param entries by name, in the order of the header
 * @param dataStart where offsets count from
 */
record SafeTensorsHeader(Map<String, SafeTensorsEntry> entries, long dataStart) {
  private static final long LONGEST = 100L << 20;

  /**
   * @param where the file, for errors
   * @param length of the file, in bytes
   * @param in at the file's first byte
   * @throws InputException naming what is wrong; memory is taken only for what the file can hold
   */
  static SafeTensorsHeader read(String where, long length, DataInputStream in) throws IOException {
    if (length < Long.BYTES) {
      throw new InputException(
          "%s is no safetensors file: it has %d bytes".formatted(where, length));
    }
    byte[] prefix = new byte[Long.BYTES];
    in.readFully(prefix);
    long claimed = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (claimed < 2 || claimed > Math.min(LONGEST, length - Long.BYTES)) {
      throw new InputException(
          "%s is no safetensors file: its header claims %d of %d bytes"
              .formatted(where, claimed, length));
    }
    byte[] json = new byte[Math.toIntExact(claimed)];
    in.readFully(json);
    Map<String, SafeTensorsEntry> entries = SafeTensorsJson.parse(where, json);
    long dataStart = Long.BYTES + claimed;
    requireCover(where, entries, length - dataStart);
    return new SafeTensorsHeader(entries, dataStart);
  }

  private static void requireCover(
      String where, Map<String, SafeTensorsEntry> entries, long dataBytes) {
    List<Map.Entry<String, SafeTensorsEntry>> byPosition =
        entries.entrySet().stream()
            .sorted(
                Comparator.comparingLong(
                        (Map.Entry<String, SafeTensorsEntry> e) -> e.getValue().begin())
                    .thenComparingLong(e -> e.getValue().end()))
            .toList();
    String before = null;
    long end = 0;
    for (Map.Entry<String, SafeTensorsEntry> named : byPosition) {
      SafeTensorsEntry entry = named.getValue();
      if (entry.end() > dataBytes) {
        throw new InputException(
            "%s: tensor %s: ends at byte %d of %d: the file is truncated"
                .formatted(where, named.getKey(), entry.end(), dataBytes));
      }
      if (entry.begin() < end) {
        throw new InputException(
            "%s: tensor %s overlaps %s".formatted(where, named.getKey(), before));
      }
      if (entry.begin() > end) {
        throw new InputException(
            "%s: tensor %s: no tensor has the %d bytes before it"
                .formatted(where, named.getKey(), entry.begin() - end));
      }
      before = named.getKey();
      end = entry.end();
    }
    if (end != dataBytes) {
      throw new InputException(
          "%s: %d bytes follow the last tensor: the file is not what its header says"
              .formatted(where, dataBytes - end));
    }
  }
}
