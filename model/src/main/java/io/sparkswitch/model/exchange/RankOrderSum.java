package io.sparkswitch.model.exchange;

import io.sparkswitch.model.tensor.TensorBytes;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Adds pieces in the order in which they are given, one of them this rank's own, whose memory takes
 * the sum: in float32, or in float64 when the entries are; other entries are added in float32 and
 * the sum is rounded to their dtype once.
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
  private Tensor own;
  private boolean empty;

  /**
   * @param entries the longest piece's
   */
  RankOrderSum(ScalarType dtype, long entries) {
    this.wide = dtype == ScalarType.Float || dtype == ScalarType.Double;
    this.next = TensorBytes.empty(dtype, entries);
    this.total = TensorBytes.empty(wide ? dtype : ScalarType.Float, entries);
  }

  /**
   * Begins a sum of pieces as long as {@code ownPiece}.
   *
   * @param ownPiece this rank's, which becomes the sum
   */
  void begin(Tensor ownPiece) {
    own = ownPiece;
    nextPiece = next.narrow(0, 0, own.numel());
    sum = total.narrow(0, 0, own.numel());
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

  /** Adds this rank's own piece; where no rounding follows, the sum goes on in its memory. */
  void addOwn() {
    if (!wide) {
      add(own);
      return;
    }
    if (!empty) {
      own.add_(sum, new Scalar(1));
    }
    sum = own;
    empty = false;
  }

  private void add(Tensor piece) {
    if (empty) {
      sum.copy_(piece);
      empty = false;
    } else {
      sum.add_(piece, new Scalar(1));
    }
  }

  /** Ends the sum, to which the own piece belongs. */
  void end() {
    if (!wide) {
      own.copy_(sum);
    }
  }
}
