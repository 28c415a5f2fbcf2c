package io.sparkswitch.model.layer;

import io.sparkswitch.model.tensor.Noise.Site;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * T5's multi-head attention: no biases, scores not divided by sqrt(headDim).
 *
 * @param q {@code <float>[inner, embed]}
 * @param k {@code <float>[inner, embed]}
 * @param v {@code <float>[inner, embed]}
 * @param o {@code <float>[embed, inner]}
 * @param heads number of heads
 */
public record Attention(Tensor q, Tensor k, Tensor v, Tensor o, int heads) {

  /**
   * @param query {@code <float>[batch, length, embed]}
   * @param memory {@code <float>[batch, keys, embed]}: what is attended to
   * @param bias {@code <float>}, broadcast to [batch, heads, length, keys]; null for none
   * @return {@code <float>[batch, length, embed]}
   */
  public Tensor apply(
      Tensor query, Tensor memory, Tensor bias, Dropout dropout, int layer, Site site) {
    Tensor queries = split(torch.linear(query, q)); // [batch, heads, length, headDim]
    Tensor keys = split(torch.linear(memory, k)); // [batch, heads, keys, headDim]
    Tensor values = split(torch.linear(memory, v)); // [batch, heads, keys, headDim]
    Tensor scores = torch.matmul(queries, keys.transpose(2, 3)); // [batch, heads, length, keys]
    if (bias != null) {
      scores = scores.add(bias);
    }
    Tensor weights = dropout.apply(torch.softmax(scores, -1), layer, site);
    Tensor mixed = torch.matmul(weights, values).transpose(1, 2); // [batch, length, heads, headDim]
    Tensor joined = mixed.reshape(query.size(0), query.size(1), q.size(0));
    return torch.linear(joined, o, new TensorOptional()); // [batch, length, embed]
  }

  private Tensor split(Tensor projected) {
    return projected
        .view(projected.size(0), projected.size(1), heads, projected.size(2) / heads)
        .transpose(1, 2);
  }
}
