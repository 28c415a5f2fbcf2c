package io.sparkswitch.model.layer;

import io.sparkswitch.model.tensor.Saved;
import io.sparkswitch.model.tensor.Section;
import io.sparkswitch.model.tensor.Tensors;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** One walk of {@code <float>[batch × length, embed]} through self-attention. */
final class SelfAttention implements Section {
  private final Attention weights;
  private final Heads heads;
  private final long length;
  private final HeadMixing mixing;
  private Tensor x;
  private Tensor joined;

  SelfAttention(
      Attention weights,
      Heads heads,
      long length,
      AttentionMask mask,
      UnaryOperator<Tensor> dropout) {
    this.weights = weights;
    this.heads = heads;
    this.length = length;
    this.mixing = new HeadMixing(heads, mask, dropout);
  }

  @Override
  public Tensor forward(Tensor rows, Saved saved) {
    x = saved.keep(rows);
    Tensor all = heads.split(Linear.apply(x, weights.fused().qkv()), 3, length);
    Tensor mixed = mixing.forward(all.select(0, 0), all.select(0, 1), all.select(0, 2), saved);
    joined = saved.keep(heads.join(mixed.unsqueeze(0))); // [batch × length, inner]
    return Linear.apply(joined, weights.o());
  }

  @Override
  public Tensor backward(Tensor gradient) {
    Tensor ofJoined = Linear.backward(gradient, joined, weights.o()); // [batch × length, inner]
    Tensor ofMixed = heads.split(ofJoined, 1, length).select(0, 0);
    Tensor all =
        Tensors.empty(
            gradient.scalar_type().intern(), 3, ofMixed.size(0), ofMixed.size(1), ofMixed.size(2));
    mixing.backward(ofMixed, all.select(0, 0), all.select(0, 1), all.select(0, 2));
    return Linear.backward(heads.join(all), x, weights.fused().qkv());
  }
}
