package io.sparkswitch.model.layer;

import io.sparkswitch.model.tensor.Gradients;
import io.sparkswitch.model.tensor.Saved;
import io.sparkswitch.model.tensor.Section;
import io.sparkswitch.model.tensor.Tensors;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * One walk through self-attention whose keys are its values, from projections made elsewhere: takes
 * the keys and values {@code <float>[batch × length, inner]}, returns {@code <float>[batch ×
 * length, embed]}.
 */
public final class SharedKeyAttention implements Section {
  private final Tensor queries;
  private final Tensor output;
  private final Heads heads;
  private final long length;
  private final HeadMixing mixing;
  private Tensor joined;

  /**
   * @param queries {@code <float>[batch × length, inner]}: a leaf
   * @param output {@code <float>[embed, inner]}
   * @param dropout factors for the weights {@code <float>[batch, heads, length, length]}; null for
   *     none
   */
  public SharedKeyAttention(
      Tensor queries,
      Tensor output,
      Heads heads,
      long length,
      AttentionMask mask,
      UnaryOperator<Tensor> dropout) {
    this.queries = queries;
    this.output = output;
    this.heads = heads;
    this.length = length;
    this.mixing = new HeadMixing(heads, mask, dropout);
  }

  @Override
  public Tensor forward(Tensor keyValues, Saved saved) {
    Tensor q = heads.split(queries.detach(), 1, length).select(0, 0);
    Tensor kv = heads.split(keyValues, 1, length).select(0, 0);
    joined = saved.keep(heads.join(mixing.forward(q, kv, kv, saved).unsqueeze(0)));
    return Linear.apply(joined, output);
  }

  @Override
  public Tensor backward(Tensor gradient) {
    Tensor ofJoined = Linear.backward(gradient, joined, output); // [batch × length, inner]
    Tensor ofMixed = heads.split(ofJoined, 1, length).select(0, 0);
    Tensor parts =
        Tensors.empty(
            gradient.scalar_type().intern(), 3, ofMixed.size(0), ofMixed.size(1), ofMixed.size(2));
    mixing.backward(ofMixed, parts.select(0, 0), parts.select(0, 1), parts.select(0, 2));
    Gradients.add(queries, heads.join(parts.narrow(0, 0, 1)));
    Tensor both = parts.select(0, 1).add_(parts.select(0, 2));
    return heads.join(both.unsqueeze(0));
  }
}
