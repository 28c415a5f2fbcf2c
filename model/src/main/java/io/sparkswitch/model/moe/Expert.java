package io.sparkswitch.model.moe;

import io.sparkswitch.model.layer.LinearSection;
import io.sparkswitch.model.tensor.Section;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** What one expert computes. */
@FunctionalInterface
public interface Expert {
  /**
   * A walk of {@code <float>[rows, embed]} to {@code <float>[rows, outputs]}.
   *
   * @param dropout factors for the hidden layer, where there is one; null for none
   */
  Section section(UnaryOperator<Tensor> dropout);

  /**
   * A linear expert, as those in attention.
   *
   * @param weight {@code <float>[outputs, embed]}
   */
  static Expert linear(Tensor weight) {
    return dropout -> new LinearSection(weight);
  }
}
