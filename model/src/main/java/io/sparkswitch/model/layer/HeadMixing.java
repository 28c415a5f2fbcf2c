package io.sparkswitch.model.layer;

import io.sparkswitch.model.tensor.Gradients;
import io.sparkswitch.model.tensor.Saved;
import io.sparkswitch.model.tensor.Tensors;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** One walk through softmax(q · kᵀ + mask) · v, all heads at once; scores are not scaled. */
final class HeadMixing {
  private final Heads heads;
  private final AttentionMask mask;
  private final UnaryOperator<Tensor> dropout;
  private Tensor queries;
  private Tensor keys;
  private Tensor values;
  private Tensor weights;
  private Tensor dropped;
  private Tensor factors;

  /**
   * @param dropout factors for {@code <float>[batch, heads, length, keys]}; null for none
   */
  HeadMixing(Heads heads, AttentionMask mask, UnaryOperator<Tensor> dropout) {
    this.heads = heads;
    this.mask = mask;
    this.dropout = dropout;
  }

  /**
   * @param q {@code <float>[batch × heads, length, headDim]}
   * @param k {@code <float>[batch × heads, keys, headDim]}
   * @param v {@code <float>[batch × heads, keys, headDim]}
   * @return {@code <float>[batch × heads, length, headDim]}
   */
  Tensor forward(Tensor q, Tensor k, Tensor v, Saved saved) {
    queries = saved.keep(q);
    keys = saved.keep(k);
    values = saved.keep(v);
    weights = saved.keep(scores(q, k)); // [batch × heads, length, keys]
    torch.softmax_out(weights, weights, -1);
    dropped = weights;
    if (dropout != null) {
      factors = saved.keep(dropout.apply(byHead(weights)).view_as(weights));
      dropped = saved.keep(weights.mul(factors));
    }
    return dropped.bmm(v);
  }

  private Tensor scores(Tensor q, Tensor k) {
    Tensor scores =
        Tensors.empty(q.scalar_type().intern(), heads.batch(), heads.heads(), q.size(1), k.size(1));
    Tensor flat = scores.view(q.size(0), q.size(1), k.size(1));
    if (mask.bias() == null && mask.hidden() == null) {
      torch.bmm_out(flat, q, k.transpose(1, 2));
      return flat;
    }
    scores.copy_(mask.bias() == null ? mask.hidden() : mask.bias().detach());
    if (mask.bias() != null && mask.hidden() != null) {
      scores.add_(mask.hidden());
    }
    flat.baddbmm_(q, k.transpose(1, 2));
    return flat;
  }

  /**
   * Adds the bias's gradient to its leaf.
   *
   * @param gradient {@code <float>[batch × heads, length, headDim]}
   * @param ofQ receives the gradient of the queries; the others likewise
   */
  void backward(Tensor gradient, Tensor ofQ, Tensor ofK, Tensor ofV) {
    torch.bmm_out(ofV, dropped.transpose(1, 2), gradient);
    Tensor ofWeights = gradient.bmm(values.transpose(1, 2)); // [batch × heads, length, keys]
    if (factors != null) {
      ofWeights.mul_(factors);
    }
    Tensor product = ofWeights.mul_(weights);
    Tensor along = product.sum(new long[] {2}, true, null).neg_();
    Tensor ofScores = product.addcmul_(weights, along);
    if (mask.bias() != null) {
      Gradients.add(mask.bias(), byHead(ofScores).sum(new long[] {0}, true, null));
    }
    torch.bmm_out(ofQ, ofScores, keys);
    torch.bmm_out(ofK, ofScores.transpose(1, 2), queries);
  }

  private Tensor byHead(Tensor scores) {
    return scores.view(heads.batch(), heads.heads(), scores.size(1), scores.size(2));
  }
}
