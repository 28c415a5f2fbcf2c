package io.sparkswitch.distill.target.store;

import java.util.Arrays;
import java.util.function.IntSupplier;
import org.apache.parquet.column.ColumnReader;

/** A column of lists over positions, whose entries may be lists themselves; read row by row. */
final class ListColumn {
  private final ColumnReader column;
  private final IntSupplier bits;
  private int[] values = new int[1 << 10];
  private int count;
  private int[] ends = new int[0];

  private ListColumn(ColumnReader column, IntSupplier bits) {
    this.column = column;
    this.bits = bits;
  }

  static ListColumn ofInts(ColumnReader column) {
    return new ListColumn(column, column::getInteger);
  }

  static ListColumn ofFloats(ColumnReader column) {
    return new ListColumn(column, () -> Float.floatToRawIntBits(column.getFloat()));
  }

  /**
   * Reads the next row.
   *
   * @param positions entries of its outer list, if that is not empty
   * @throws IllegalArgumentException if it has another number of entries
   */
  void next(int positions) {
    int[] rowEnds = new int[positions];
    int open = 0;
    count = 0;
    do {
      if (column.getCurrentDefinitionLevel() == column.getDescriptor().getMaxDefinitionLevel()) {
        // An entry of the outer list begins wherever the inner list does not go on.
        open += column.getCurrentRepetitionLevel() < 2 ? 1 : 0;
        if (open > positions) {
          throw wrong(positions);
        }
        append(bits.getAsInt());
        rowEnds[open - 1] = count;
      }
      column.consume();
    } while (column.getCurrentRepetitionLevel() > 0);
    if (open != positions && count > 0) {
      throw wrong(positions);
    }
    ends = rowEnds;
  }

  private void append(int value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, Math.multiplyExact(count, 2));
    }
    values[count++] = value;
  }

  private IllegalArgumentException wrong(int positions) {
    return new IllegalArgumentException(
        "%s does not hold %d positions"
            .formatted(String.join(".", column.getDescriptor().getPath()), positions));
  }

  /** Values of the row. */
  int count() {
    return count;
  }

  /** How many values lie before the end of each position. */
  int[] ends() {
    return ends;
  }

  int[] ints() {
    return Arrays.copyOf(values, count);
  }

  float[] floats() {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = Float.intBitsToFloat(values[i]);
    }
    return floats;
  }
}
