package io.sparkswitch.model.layer;

import io.sparkswitch.model.tensor.Noise.Site;
import io.sparkswitch.model.tensor.Section;
import java.util.function.UnaryOperator;
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
 * @param fused views of the matrices above
 */
public record Attention(Tensor q, Tensor k, Tensor v, Tensor o, int heads, Fused fused) {

  /**
   * Neighbours in memory, to be multiplied at once; leaves whose gradients are those of the parts.
   *
   * @param kv {@code <float>[2 × inner, embed]}
   * @param qkv {@code <float>[3 × inner, embed]}
   */
  public record Fused(Tensor kv, Tensor qkv) {}

  /**
   * A walk of {@code <float>[batch × length, embed]} through self-attention.
   *
   * @param batch sequences
   * @param length positions of each
   * @param dropout factors for the weights {@code <float>[batch, heads, length, length]}; null for
   *     none
   */
  public Section toItself(
      long batch, long length, AttentionMask mask, UnaryOperator<Tensor> dropout) {
    return new SelfAttention(this, heads(batch), length, mask, dropout);
  }

  /**
   * A walk of {@code <float>[batch × length, embed]} through attention to {@code memory}.
   *
   * @param memory {@code <float>[batch, keys, embed]}: a leaf
   * @param length positions of each sequence
   * @param dropout factors for the weights {@code <float>[batch, heads, length, keys]}; null for
   *     none
   */
  public Section to(Tensor memory, long length, AttentionMask mask, UnaryOperator<Tensor> dropout) {
    return new CrossAttention(this, heads(memory.size(0)), length, mask, dropout, memory);
  }

  private Heads heads(long batch) {
    return new Heads(batch, heads, q.size(0) / heads);
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
