package io.sparkswitch.model.loss;

import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The routers' losses as Hugging Face's switch_transformers has them: each sequence over all sparse
 * layers of a stack at once, padding included.
 */
public final class HuggingFaceRouterLosses {
  private HuggingFaceRouterLosses() {}

  /**
   * A layer's decisions.
   *
   * @param logits {@code <float>[tokens, experts]}
   * @param experts {@code [tokens]}: after capacity, 0 for tokens without one
   */
  public record Layer(Tensor logits, int[] experts) {}

  /**
   * experts × Σ f·P with f and P over layers and positions, averaged over sequences.
   *
   * @return scalar: the share of the sequences at hand in the whole batch's loss
   */
  public static Tensor auxiliary(List<Layer> layers, TokenGroups groups) {
    int experts = Math.toIntExact(layers.get(0).logits().size(1));
    int length = groups.length();
    float positions = layers.size() * length;
    double scale = (double) experts / ((double) layers.size() * groups.globalTokens());
    double[] coefficients = new double[Math.multiplyExact(groups.sequences(), experts)];
    int[] sequence = new int[groups.tokens()];
    for (int s = 0; s < groups.sequences(); s++) {
      int[] count = new int[experts];
      for (Layer layer : layers) {
        for (int t = s * length; t < (s + 1) * length; t++) {
          count[layer.experts()[t]]++;
          sequence[t] = s;
        }
      }
      for (int e = 0; e < experts; e++) {
        // f is a float32 there, whatever the model's precision.
        coefficients[s * experts + e] = scale * (count[e] / positions);
      }
    }
    Tensor weights =
        Tensors.doubles(coefficients, groups.sequences(), experts)
            .index_select(0, Tensors.indices(sequence, sequence.length)); // [tokens, experts]
    Tensor sum = null;
    for (Layer layer : layers) {
      Tensor probabilities = torch.softmax(Tensors.exact(layer.logits()), -1);
      Tensor part = probabilities.mul(weights.to(probabilities.scalar_type())).sum();
      sum = sum == null ? part : sum.add(part);
    }
    return sum;
  }

  /**
   * The z-loss averaged over the layers.
   *
   * @return scalar: the share of the sequences at hand in the whole batch's loss
   */
  public static Tensor z(List<Layer> layers, TokenGroups groups) {
    Tensor sum = null;
    for (Layer layer : layers) {
      Tensor part = RouterZLoss.apply(layer.logits(), groups);
      sum = sum == null ? part : sum.add(part);
    }
    return sum.mul(Tensors.scalar(1.0 / layers.size()));
  }
}
