package io.sparkswitch.model.moe;

import io.sparkswitch.model.loss.LoadBalancingLoss;
import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Noise.Site;
import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The top-1 router (paper sections 2.1 and 2.2). Pure: its decision depends on the tokens, the
 * weights and the draws only. Computes in float32 (float64 when the model does).
 *
 * @param layer name for the metrics, e.g. {@code encoder.1}
 * @param index global index of the block, the key of its draws
 * @param weight {@code <float>[experts, embed]}
 */
public record Router(String layer, int index, Tensor weight) {

  /**
   * @param h {@code <float>[tokens, embed]}: the layer's normed input
   * @param noise the step's draws, for jitter
   */
  public Routing route(Tensor h, TokenGroups groups, RoutingRule rule, Noise noise) {
    Tensor logits = torch.linear(jitter(h, groups, rule, noise), weight); // [tokens, experts]
    Tensor probabilities = torch.softmax(logits, -1); // [tokens, experts]
    Assignment assignment =
        Assignment.of(choices(probabilities), groups, rule, Math.toIntExact(weight.size(0)));
    Tensor sent = gates(probabilities, assignment);
    Tensor auxiliaryLoss = LoadBalancingLoss.apply(probabilities, assignment.expertIndex(), groups);
    return new Routing(
        assignment.expertIndex(),
        assignment.kept(),
        assignment.order(),
        assignment.expertCounts(),
        sent,
        auxiliaryLoss,
        metrics(assignment, groups, probabilities, auxiliaryLoss));
  }

  /** Multiplies the router's input, and nothing else, by U(1 - ε, 1 + ε). */
  private Tensor jitter(Tensor h, TokenGroups groups, RoutingRule rule, Noise noise) {
    if (rule.jitterNoise() == 0) {
      return h;
    }
    float e = (float) rule.jitterNoise();
    int embed = Math.toIntExact(h.size(1));
    Tensor factors =
        noise.uniform(
            index, Site.JITTER, groups.firstToken(), groups.tokens(), embed, 1 - e, 1 + e);
    return h.mul(factors.to(h.scalar_type()));
  }

  private static int[] choices(Tensor probabilities) {
    return Tensors.toInts(probabilities.detach().argmax(new LongOptional(1), false));
  }

  /** The chosen experts' raw probabilities, {@code <float>[tokens sent]}. */
  private static Tensor gates(Tensor probabilities, Assignment assignment) {
    int experts = Math.toIntExact(probabilities.size(1));
    int[] flat = new int[assignment.order().length];
    for (int i = 0; i < flat.length; i++) {
      int token = assignment.order()[i];
      flat[i] = token * experts + assignment.expertIndex()[token];
    }
    return probabilities.reshape(-1).index_select(0, Tensors.indices(flat, flat.length));
  }

  private LayerMetrics metrics(
      Assignment assignment, TokenGroups groups, Tensor probabilities, Tensor auxiliaryLoss) {
    float[] values = Tensors.toFloats(probabilities.to(ScalarType.Float));
    int experts = assignment.expertCounts().length;
    long[] usage = new long[experts];
    long tokens = 0;
    double confidence = 0;
    for (int t = 0; t < groups.tokens(); t++) {
      int expert = assignment.expertIndex()[t];
      if (expert >= 0) {
        tokens++;
        usage[expert]++;
        confidence += values[t * experts + expert];
      }
    }
    long dropped = tokens - assignment.order().length;
    return new LayerMetrics(layer, tokens, dropped, confidence, auxiliaryLoss.item_double(), usage);
  }
}
