package io.sparkswitch.model.layer;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A dense feed-forward, or one expert's.
 *
 * @param input {@code <float>[mlp, embed]}
 * @param gate {@code <float>[mlp, embed]} of a gated tanh-GELU; null for ReLU
 * @param output {@code <float>[embed, mlp]}
 */
public record FeedForward(Tensor input, Tensor gate, Tensor output) {

  /**
   * @param x {@code <float>[..., embed]}
   * @param onHidden applied to the hidden layer {@code <float>[..., mlp]}
   * @return {@code <float>[..., embed]}
   */
  public Tensor apply(Tensor x, UnaryOperator<Tensor> onHidden) {
    Tensor hidden =
        gate == null
            ? torch.relu(Linear.apply(x, input))
            : torch.gelu(Linear.apply(x, gate), "tanh").mul(Linear.apply(x, input));
    return Linear.apply(onHidden.apply(hidden), output);
  }
}
