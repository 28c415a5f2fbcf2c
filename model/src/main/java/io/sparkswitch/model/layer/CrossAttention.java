package io.sparkswitch.model.layer;

import io.sparkswitch.model.tensor.Gradients;
import io.sparkswitch.model.tensor.Saved;
import io.sparkswitch.model.tensor.Section;
import io.sparkswitch.model.tensor.Tensors;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** One walk of {@code <float>[batch × length, embed]} through attention to a memory. */
final class CrossAttention implements Section {
  private final Attention weights;
  private final Heads heads;
  private final long length;
  private final HeadMixing mixing;
  private final Tensor memory;
  private Tensor x;
  private Tensor joined;

  /**
   * @param memory {@code <float>[batch, keys, embed]}: a leaf
   */
  CrossAttention(
      Attention weights,
      Heads heads,
      long length,
      AttentionMask mask,
      UnaryOperator<Tensor> dropout,
      Tensor memory) {
    this.weights = weights;
    this.heads = heads;
    this.length = length;
    this.mixing = new HeadMixing(heads, mask, dropout);
    this.memory = memory;
  }

  @Override
  public Tensor forward(Tensor rows, Saved saved) {
    x = saved.keep(rows);
    Tensor q = heads.split(Linear.apply(x, weights.q()), 1, length).select(0, 0);
    Tensor kv = heads.split(Linear.apply(source(), weights.fused().kv()), 2, memory.size(1));
    Tensor mixed = mixing.forward(q, kv.select(0, 0), kv.select(0, 1), saved);
    joined = saved.keep(heads.join(mixed.unsqueeze(0))); // [batch × length, inner]
    return Linear.apply(joined, weights.o());
  }

  @Override
  public Tensor backward(Tensor gradient) {
    Tensor ofJoined = Linear.backward(gradient, joined, weights.o()); // [batch × length, inner]
    Tensor ofMixed = heads.split(ofJoined, 1, length).select(0, 0);
    Tensor ofQ = like(ofMixed, 1, ofMixed.size(1));
    Tensor both = like(ofMixed, 2, memory.size(1));
    mixing.backward(ofMixed, ofQ.select(0, 0), both.select(0, 0), both.select(0, 1));
    Tensor ofMemory = Linear.backward(heads.join(both), source(), weights.fused().kv());
    Gradients.add(memory, ofMemory.view_as(memory));
    return Linear.backward(heads.join(ofQ), x, weights.q());
  }

  private Tensor source() {
    return Linear.rows(memory.detach());
  }

  private static Tensor like(Tensor mixed, long parts, long length) {
    return Tensors.empty(mixed.scalar_type().intern(), parts, mixed.size(0), length, mixed.size(2));
  }
}
