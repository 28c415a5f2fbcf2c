package io.sparkswitch.model.optim;

import org.bytedeco.javacpp.PointerScope;

/**
 * Ranges of rows that fit a processor's own cache: a pass over a large matrix reads and writes main
 * memory once, however many operations it consists of. A pass depends on the matrix alone.
 *
 * @param rows of the matrix
 * @param size rows of a block; the last may have fewer
 */
record Blocks(long rows, long size) {
  /** Half a mebibyte of float32. */
  static final long ENTRIES = 1L << 17;

  static Blocks ofRows(long rows, long width) {
    return new Blocks(rows, Math.max(1, Math.min(rows, ENTRIES / width)));
  }

  /** What is done with rows [from, from + count). */
  @FunctionalInterface
  interface Body {
    void on(long from, long count);
  }

  /** A term of a sum over rows [from, from + count). */
  @FunctionalInterface
  interface Term {
    double of(long from, long count);
  }

  void forEach(Body body) {
    for (long from = 0; from < rows; from += size) {
      try (PointerScope scope = new PointerScope()) {
        body.on(from, Math.min(size, rows - from));
      }
    }
  }

  /** Sum of the blocks' terms; the last block comes first, for the cache may still hold it. */
  double sum(Term term) {
    double sum = 0;
    for (long from = (rows - 1) / size * size; from >= 0; from -= size) {
      try (PointerScope scope = new PointerScope()) {
        sum += term.of(from, Math.min(size, rows - from));
      }
    }
    return sum;
  }
}
