package io.sparkswitch.model.layer;

import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The keys and values of one attention, of the positions seen so far, in memory that is taken once.
 * For use without gradients. Not thread-safe.
 */
public final class KeyValueCache implements AutoCloseable {
  private static final int POSITIONS = 2;

  private final Tensor keys;
  private final Tensor values;
  private final int capacity;
  private int rows;
  private int length;

  /**
   * @param rows sequences at most, and at first
   * @param capacity positions at most
   */
  public record Size(int rows, int heads, int capacity, int headDim) {}

  /** What an attention keeps. */
  public enum Kind {
    KEYS_AND_VALUES,
    /** Keys that are the values too. */
    KEYS_ARE_VALUES
  }

  public KeyValueCache(Size size, Kind kind, ScalarType dtype) {
    this.rows = size.rows;
    this.capacity = size.capacity;
    this.keys = allocate(size, dtype);
    this.values = kind == Kind.KEYS_ARE_VALUES ? keys : allocate(size, dtype);
  }

  private static Tensor allocate(Size size, ScalarType dtype) {
    return Tensors.own(Tensors.empty(dtype, size.rows, size.heads, size.capacity, size.headDim));
  }

  /**
   * Adds positions at the end.
   *
   * @param newKeys {@code <float>[rows, heads, positions, headDim]}
   * @param newValues of the same shape; ignored where keys are values
   */
  public void append(Tensor newKeys, Tensor newValues) {
    int positions = Math.toIntExact(newKeys.size(POSITIONS));
    if (newKeys.size(0) != rows) {
      throw new IllegalArgumentException(
          "keys of %d sequences for a cache of %d".formatted(newKeys.size(0), rows));
    }
    if (positions > capacity - length) {
      throw new IllegalStateException(
          "%d + %d positions in a cache of %d".formatted(length, positions, capacity));
    }
    at(keys, length, positions).copy_(newKeys);
    if (values != keys) {
      at(values, length, positions).copy_(newValues);
    }
    length += positions;
  }

  /** A view, {@code <float>[rows, heads, positions, headDim]}. */
  public Tensor keys() {
    return at(keys, 0, length);
  }

  /** A view, {@code <float>[rows, heads, positions, headDim]}. */
  public Tensor values() {
    return at(values, 0, length);
  }

  /**
   * Goes on with the rows {@code chosen}, in that order: rows may be left out or appear more than
   * once, but never more of them than the cache was made for.
   */
  public void select(int[] chosen) {
    if (chosen.length > keys.size(0)) {
      throw new IllegalArgumentException(
          "%d rows of a cache made for %d".formatted(chosen.length, keys.size(0)));
    }
    try (PointerScope scope = new PointerScope()) {
      Tensor index = Tensors.indices(chosen, chosen.length);
      Tensor chosenKeys = keys().index_select(0, index);
      Tensor chosenValues = values == keys ? null : values().index_select(0, index);
      rows = chosen.length;
      keys().copy_(chosenKeys);
      if (chosenValues != null) {
        values().copy_(chosenValues);
      }
    }
  }

  private Tensor at(Tensor cache, int position, int positions) {
    return cache.narrow(0, 0, rows).narrow(POSITIONS, position, positions);
  }

  @Override
  public void close() {
    keys.close();
    if (values != keys) {
      values.close();
    }
  }
}
