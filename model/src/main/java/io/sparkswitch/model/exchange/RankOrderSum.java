package io.sparkswitch.model.exchange;

import io.sparkswitch.model.tensor.TensorBytes;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Adds pieces in the order in which they are given: in float32, or in float64 when the entries are;
 * rounds to the entries' dtype once.
 *
 * <p>Concurrency: one thread.
 *
 * <p>Ordering: the sum depends on it.
 */
final class RankOrderSum {
  private final boolean wide;
  private final Tensor next;
  private final Tensor total;
  private Tensor nextPiece;
  private Tensor sum;
  private boolean empty;

  /**
   * @param entries the longest piece's
   */
  RankOrderSum(ScalarType dtype, long entries) {
    this.wide = dtype == ScalarType.Float || dtype == ScalarType.Double;
    this.next = TensorBytes.empty(dtype, entries);
    this.total = TensorBytes.empty(wide ? dtype : ScalarType.Float, entries);
  }

  /** Begins a sum of pieces of {@code entries}. */
  void begin(long entries) {
    nextPiece = next.narrow(0, 0, entries);
    sum = total.narrow(0, 0, entries);
    empty = true;
  }

  /** Where to put a piece that {@link #addNext} then adds. */
  Tensor next() {
    return empty && wide ? sum : nextPiece;
  }

  void addNext() {
    if (empty && wide) {
      empty = false;
    } else {
      add(nextPiece);
    }
  }

  void add(Tensor piece) {
    if (empty) {
      sum.copy_(piece);
      empty = false;
    } else {
      sum.add_(piece, new Scalar(1));
    }
  }

  void end(Tensor into) {
    into.copy_(sum);
  }
}
