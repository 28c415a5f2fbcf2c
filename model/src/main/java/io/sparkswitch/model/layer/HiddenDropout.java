package io.sparkswitch.model.layer;

import io.sparkswitch.model.tensor.Saved;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** Dropout of a hidden layer in one walk: the same factors forward and backward. */
final class HiddenDropout {
  private final UnaryOperator<Tensor> dropout;
  private Tensor factors;

  /**
   * @param dropout factors for a tensor like the one given; null for none
   */
  HiddenDropout(UnaryOperator<Tensor> dropout) {
    this.dropout = dropout;
  }

  /** Draws the factors, and multiplies by them in place. */
  void draw(Tensor hidden, Saved saved) {
    if (dropout != null) {
      factors = saved.keep(dropout.apply(hidden));
      hidden.mul_(factors);
    }
  }

  /** Multiplies by the factors drawn, in place. */
  void repeat(Tensor hidden) {
    if (factors != null) {
      hidden.mul_(factors);
    }
  }
}
