package io.sparkswitch.model.layer;

import io.sparkswitch.model.tensor.Noise.Site;
import org.bytedeco.pytorch.Tensor;
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
    Tensor queries = split(Linear.apply(query, q), heads); // [batch, heads, length, headDim]
    Tensor keys = split(Linear.apply(memory, k), heads); // [batch, heads, keys, headDim]
    Tensor values = split(Linear.apply(memory, v), heads); // [batch, heads, keys, headDim]
    return Linear.apply(attend(queries, keys, values, bias, dropout, layer, site), o);
  }

  /**
   * @param queries {@code <float>[batch, heads, length, headDim]}
   * @param keys {@code <float>[batch, heads, keys, headDim]}
   * @param values {@code <float>[batch, heads, keys, headDim]}
   * @param bias {@code <float>}, broadcast to [batch, heads, length, keys]; null for none
   * @return {@code <float>[batch, length, inner]}: the heads joined
   */
  public static Tensor attend(
      Tensor queries,
      Tensor keys,
      Tensor values,
      Tensor bias,
      Dropout dropout,
      int layer,
      Site site) {
    Tensor scores = torch.matmul(queries, keys.transpose(2, 3)); // [batch, heads, length, keys]
    if (bias != null) {
      scores = scores.add(bias);
    }
    Tensor weights = dropout.apply(torch.softmax(scores, -1), layer, site);
    Tensor mixed = torch.matmul(weights, values).transpose(1, 2); // [batch, length, heads, headDim]
    return mixed.reshape(mixed.size(0), mixed.size(1), mixed.size(2) * mixed.size(3));
  }

  /**
   * @param projected {@code <float>[batch, length, inner]}
   * @return {@code <float>[batch, heads, length, headDim]}
   */
  public static Tensor split(Tensor projected, int heads) {
    return projected
        .view(projected.size(0), projected.size(1), heads, projected.size(2) / heads)
        .transpose(1, 2);
  }
}
