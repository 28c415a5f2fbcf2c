package io.sparkswitch.model.layer;

import io.sparkswitch.model.tensor.Section;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * A dense feed-forward, or one expert's.
 *
 * @param input {@code <float>[mlp, embed]}
 * @param gate {@code <float>[mlp, embed]} of a gated tanh-GELU; null for ReLU
 * @param output {@code <float>[embed, mlp]}
 */
public record FeedForward(Tensor input, Tensor gate, Tensor output) {

  /**
   * A walk of {@code <float>[n, embed]} through it.
   *
   * @param dropout factors for the hidden layer {@code <float>[n, mlp]}; null for none
   */
  public Section section(UnaryOperator<Tensor> dropout) {
    return gate == null ? new ReluFeedForward(this, dropout) : new GatedFeedForward(this, dropout);
  }
}
