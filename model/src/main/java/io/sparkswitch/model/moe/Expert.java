package io.sparkswitch.model.moe;

import io.sparkswitch.model.layer.Linear;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** What one expert computes. */
@FunctionalInterface
public interface Expert {
  /**
   * @param rows {@code <float>[rows, embed]}
   * @param onHidden applied to the hidden layer, where there is one
   * @return {@code <float>[rows, outputs]}
   */
  Tensor apply(Tensor rows, UnaryOperator<Tensor> onHidden);

  /**
   * A linear expert, as those in attention.
   *
   * @param weight {@code <float>[outputs, embed]}
   */
  static Expert linear(Tensor weight) {
    return (rows, onHidden) -> Linear.apply(rows, weight);
  }
}
