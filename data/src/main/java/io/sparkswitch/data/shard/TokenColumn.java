package io.sparkswitch.data.shard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.hadoop.CodecFactory.BytesCompressor;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * The token ids of one row group as a Parquet column: a dictionary of the ids that occur, rising,
 * and pages of their places in it. Parquet's own record interface takes five calls and a hash
 * look-up a token; a vocabulary's ids are small, so a table does.
 */
final class TokenColumn {
  /** Values of a page; about a megabyte. */
  private static final int PAGE_TOKENS = 1 << 19;

  private static final int INITIAL_BYTES = 1 << 16;

  /** Instead of the bits of a place: ids as they are. */
  private static final int PLAIN = -1;

  private final int segmentLength;
  private int[] tokens;
  private int rows;

  /** Place of each id in the dictionary; -1 where it does not occur. */
  private int[] places = new int[0];

  TokenColumn(ShardSettings settings) {
    this.segmentLength = settings.segmentLength();
    this.tokens = new int[segmentLength];
  }

  /** Appends a segment, {@code <int32>[segmentLength]}; ids are not negative. */
  void add(int[] segment) {
    int from = Math.multiplyExact(rows, segmentLength);
    if (from == tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.multiplyExact(2, tokens.length));
    }
    System.arraycopy(segment, 0, tokens, from, segmentLength);
    rows++;
  }

  /** Writes the column and empties it. */
  void flush(ParquetFileWriter out, ColumnDescriptor column, BytesCompressor zstd)
      throws IOException {
    int count = rows * segmentLength;
    int[] dictionary = dictionary(count);
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(dictionary.length - 1);
    // As Parquet's own writer: no dictionary that makes the column longer.
    boolean worth =
        (long) dictionary.length * Integer.BYTES + (long) count * bits / Byte.SIZE
            < (long) count * Integer.BYTES;
    out.startColumn(column, count, CompressionCodecName.ZSTD);
    if (worth) {
      BytesInput ids = BytesInput.from(littleEndian(dictionary, 0, dictionary.length));
      out.writeDictionaryPage(
          new DictionaryPage(
              BytesInput.copy(zstd.compress(ids)),
              Math.toIntExact(ids.size()),
              dictionary.length,
              Encoding.PLAIN_DICTIONARY));
    }
    int rowsOfPage = Math.max(1, PAGE_TOKENS / segmentLength);
    for (int row = 0; row < rows; row += rowsOfPage) {
      page(out, column, zstd, row, Math.min(rows, row + rowsOfPage), worth ? bits : PLAIN);
    }
    out.endColumn();
    rows = 0;
  }

  private void page(
      ParquetFileWriter out,
      ColumnDescriptor column,
      BytesCompressor zstd,
      int fromRow,
      int toRow,
      int bits)
      throws IOException {
    int from = fromRow * segmentLength;
    int to = toRow * segmentLength;
    BytesInput page =
        BytesInput.copy(
            BytesInput.concat(
                levels(from, to),
                bits == PLAIN
                    ? BytesInput.from(littleEndian(tokens, from, to))
                    : places(from, to, bits)));
    out.writeDataPage(
        to - from,
        Math.toIntExact(page.size()),
        BytesInput.copy(zstd.compress(page)),
        statistics(column, from, to),
        toRow - (long) fromRow,
        Encoding.RLE,
        Encoding.RLE,
        bits == PLAIN ? Encoding.PLAIN : Encoding.PLAIN_DICTIONARY);
  }

  /** Repetition 0 where a segment begins, else 1; nothing is ever missing. */
  private BytesInput levels(int from, int to) throws IOException {
    try (RunLengthBitPackingHybridEncoder starts = encoder(1);
        RunLengthBitPackingHybridEncoder defined = encoder(1)) {
      for (int i = from; i < to; i++) {
        starts.writeInt(i % segmentLength == 0 ? 0 : 1);
        defined.writeInt(1);
      }
      return BytesInput.copy(
          BytesInput.concat(withLength(starts.toBytes()), withLength(defined.toBytes())));
    }
  }

  private BytesInput places(int from, int to, int bits) throws IOException {
    try (RunLengthBitPackingHybridEncoder values = encoder(bits)) {
      for (int i = from; i < to; i++) {
        values.writeInt(places[tokens[i]]);
      }
      return BytesInput.copy(
          BytesInput.concat(BytesInput.from(new byte[] {(byte) bits}), values.toBytes()));
    }
  }

  private Statistics<?> statistics(ColumnDescriptor column, int from, int to) {
    int least = tokens[from];
    int most = least;
    for (int i = from; i < to; i++) {
      least = Math.min(least, tokens[i]);
      most = Math.max(most, tokens[i]);
    }
    Statistics<?> statistics = Statistics.createStats(column.getPrimitiveType());
    statistics.updateStats(least);
    statistics.updateStats(most);
    return statistics;
  }

  /** The ids that occur, rising; their places are in the table then. */
  private int[] dictionary(int count) {
    int largest = 0;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, tokens[i]);
    }
    if (places.length <= largest) {
      places = new int[largest + 1];
    }
    Arrays.fill(places, -1);
    for (int i = 0; i < count; i++) {
      places[tokens[i]] = 0;
    }
    int[] dictionary = new int[places.length];
    int size = 0;
    for (int id = 0; id < places.length; id++) {
      if (places[id] == 0) {
        places[id] = size;
        dictionary[size++] = id;
      }
    }
    return Arrays.copyOf(dictionary, size);
  }

  private static RunLengthBitPackingHybridEncoder encoder(int bits) {
    return new RunLengthBitPackingHybridEncoder(
        bits, INITIAL_BYTES, 1 << 22, HeapByteBufferAllocator.getInstance());
  }

  private static BytesInput withLength(BytesInput levels) {
    return BytesInput.concat(BytesInput.fromInt(Math.toIntExact(levels.size())), levels);
  }

  private static byte[] littleEndian(int[] values, int from, int to) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(to - from, Integer.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(values, from, to - from);
    return bytes.array();
  }
}
