package io.sparkswitch.model.moe;

import io.sparkswitch.model.layer.AttentionMask;
import io.sparkswitch.model.layer.Heads;
import io.sparkswitch.model.layer.SharedKeyAttention;
import io.sparkswitch.model.tensor.Phase;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * Self-attention with experts (paper, appendix A): one sparse layer produces the queries, another
 * the keys and values, which are the same. Experts are linear.
 *
 * @param query its experts map embed to inner
 * @param keyValue its experts map embed to inner
 * @param output {@code <float>[embed, inner]}
 * @param heads number of heads
 */
public record SwitchAttention(SwitchLayer query, SwitchLayer keyValue, Tensor output, int heads) {

  /**
   * Ends segments of the pass's tape: what is used afterwards must be kept before.
   *
   * @param h {@code <float>[tokens, embed]}: normed
   * @param mask of the scores
   * @param dropout factors for the attention's weights; null for none
   * @return {@code <float>[tokens, embed]}
   */
  public Tensor apply(
      Tensor h,
      AttentionMask mask,
      Pass pass,
      TokenGroups groups,
      RouterLosses losses,
      UnaryOperator<Tensor> dropout) {
    Tensor again = pass.tape().keep(h);
    Tensor queries = query.apply(h, pass, groups, losses); // [tokens, inner]
    Tensor kept = pass.tape().keep(queries);
    Tensor both = keyValue.apply(again, pass, groups, losses); // [tokens, inner]
    Heads split = new Heads(groups.sequences(), heads, query.outputs() / heads);
    return pass.tape()
        .section(
            Phase.ATTENTION,
            both,
            () -> new SharedKeyAttention(kept, output, split, groups.length(), mask, dropout));
  }
}
