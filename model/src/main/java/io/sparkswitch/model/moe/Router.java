package io.sparkswitch.model.moe;

import io.sparkswitch.model.loss.LoadBalancingLoss;
import io.sparkswitch.model.loss.RouterZLoss;
import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Noise.Site;
import io.sparkswitch.model.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The router (paper sections 2.1, 2.2 and 2.4). Pure: its decision depends on the tokens, the
 * weights and the draws only.
 *
 * @param layer name for the metrics, e.g. {@code encoder.1}
 * @param index global index of the layer, the key of its draws and messages
 * @param weight {@code <float>[experts, embed]}
 * @param dtype what it computes in, whatever the tokens come in: float32, or float64 where
 *     everything is
 */
public record Router(String layer, int index, Tensor weight, ScalarType dtype) {

  /**
   * @param h {@code <float>[tokens, embed]}: the layer's normed input
   * @param noise the step's draws
   */
  public Routing route(Tensor h, TokenGroups groups, RoutingRule rule, Noise noise) {
    Tensor input = explore(h.to(dtype), groups, rule.exploration(), noise);
    Tensor logits = torch.linear(input, weight.to(dtype)); // [tokens, experts]
    Tensor probabilities = torch.softmax(logits, -1); // [tokens, experts]
    int experts = Math.toIntExact(weight.size(0));
    int[] ranked = ranked(logits.detach(), groups, rule, noise);
    Assignment assignment = Assignment.of(ranked, groups, rule, experts);
    Tensor gates = gates(probabilities, assignment, rule.selection()).to(h.scalar_type());
    Routing.Losses losses =
        new Routing.Losses(
            LoadBalancingLoss.apply(probabilities, assignment.first(), groups),
            RouterZLoss.apply(logits, groups));
    return new Routing(
        assignment.choices(),
        assignment.expertIndex(),
        assignment.kept(),
        assignment.tokens(),
        assignment.expertCounts(),
        gates,
        logits,
        losses,
        metrics(assignment, probabilities, losses));
  }

  /** Noise on the router's input, and on nothing else. */
  private Tensor explore(Tensor h, TokenGroups groups, Exploration exploration, Noise noise) {
    int embed = Math.toIntExact(h.size(1));
    long first = groups.firstToken();
    float e = (float) exploration.noise();
    return switch (exploration.kind()) {
      case ARGMAX, SAMPLE_SOFTMAX -> h;
      case INPUT_JITTER ->
          h.mul(
              noise
                  .uniform(index, Site.JITTER, first, groups.tokens(), embed, 1 - e, 1 + e)
                  .to(h.scalar_type()));
      case INPUT_DROPOUT ->
          h.mul(
              noise
                  .dropout(
                      index, Site.ROUTER_INPUT, first, groups.tokens(), embed, exploration.noise())
                  .to(h.scalar_type()));
    };
  }

  /** Each token's experts, the preferred first; equally probable ones by their index. */
  private int[] ranked(Tensor logits, TokenGroups groups, RoutingRule rule, Noise noise) {
    Tensor score = logits;
    if (rule.exploration().kind() == Exploration.Kind.SAMPLE_SOFTMAX) {
      // The largest of logit + Gumbel noise is a draw from the softmax; in bfloat16 a draw near one
      // would be one, and its noise infinite.
      int experts = Math.toIntExact(logits.size(1));
      Tensor uniform =
          noise.uniform(
              index, Site.ROUTER_CHOICE, groups.firstToken(), groups.tokens(), experts, 0f, 1f);
      Tensor exact = Tensors.exact(logits);
      score = exact.sub(uniform.to(exact.scalar_type()).log_().neg_().log_());
    }
    int choices = rule.selection().choices();
    if (choices == 1) {
      return Tensors.toInts(score.argmax(new LongOptional(1), false));
    }
    if (choices > logits.size(1)) {
      throw new IllegalArgumentException(
          "%s: %d choices of %d experts".formatted(layer, choices, logits.size(1)));
    }
    Tensor sorted = torch.argsort(score, true, 1, true); // stable, descending
    return Tensors.toInts(sorted.narrow(1, 0, choices));
  }

  /** The chosen experts' raw probabilities, {@code <float>[rows sent]}. */
  private static Tensor gates(Tensor probabilities, Assignment assignment, Selection selection) {
    int experts = Math.toIntExact(probabilities.size(1));
    int choices = assignment.choices();
    if (selection.renormalise()) {
      long[] flat = new long[assignment.expertIndex().length];
      for (int i = 0; i < flat.length; i++) {
        flat[i] = (long) (i / choices) * experts + Math.max(0, assignment.expertIndex()[i]);
      }
      Tensor chosen = select(probabilities, flat).view(-1, choices); // [tokens, choices]
      long[] order = Arrays.stream(assignment.order()).asLongStream().toArray();
      return select(chosen.div(chosen.sum(new long[] {1}, true, null)), order);
    }
    long[] flat = new long[assignment.order().length];
    for (int i = 0; i < flat.length; i++) {
      int request = assignment.order()[i];
      flat[i] = (long) (request / choices) * experts + assignment.expertIndex()[request];
    }
    return select(probabilities, flat);
  }

  /** Entries by their place in row-major order, which may be beyond an int. */
  private static Tensor select(Tensor values, long[] flat) {
    return values.reshape(-1).index_select(0, Tensors.longs(flat, flat.length));
  }

  private LayerMetrics metrics(Assignment assignment, Tensor probabilities, Routing.Losses losses) {
    int experts = assignment.expertCounts().length;
    int[] first = assignment.first();
    long[] chosen = new long[first.length];
    Arrays.setAll(chosen, t -> (long) t * experts + Math.max(0, first[t]));
    float[] values = Tensors.toFloats(select(probabilities.detach(), chosen));
    long[] usage = new long[experts];
    long tokens = 0;
    double confidence = 0;
    for (int t = 0; t < first.length; t++) {
      if (first[t] >= 0) {
        tokens++;
        usage[first[t]]++;
        confidence += values[t];
      }
    }
    return new LayerMetrics(
        layer,
        tokens,
        assignment.dropped(),
        confidence,
        losses.auxiliary().item_double(),
        losses.z().item_double(),
        usage);
  }
}
