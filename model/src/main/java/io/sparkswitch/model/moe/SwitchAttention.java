package io.sparkswitch.model.moe;

import io.sparkswitch.model.layer.Attention;
import io.sparkswitch.model.layer.Dropout;
import io.sparkswitch.model.layer.Linear;
import io.sparkswitch.model.tensor.Noise.Site;
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
   * @param h {@code <float>[batch, length, embed]}: normed
   * @param bias {@code <float>}, broadcast to [batch, heads, length, length]
   * @param block key of the draws
   * @return {@code <float>[batch, length, embed]}
   */
  public Tensor apply(
      Tensor h,
      Tensor bias,
      Pass pass,
      TokenGroups groups,
      RouterLosses losses,
      Dropout dropout,
      int block) {
    Tensor rows = h.view(groups.tokens(), h.size(2)); // [tokens, embed]
    Tensor again = pass.tape().keep(rows);
    Tensor queries = query.apply(rows, pass, groups, losses); // [tokens, inner]
    Tensor keptQueries = pass.tape().keep(queries);
    Tensor both = keyValue.apply(again, pass, groups, losses); // [tokens, inner]
    Tensor q = split(keptQueries, groups);
    Tensor kv = split(both, groups);
    Tensor joined = Attention.attend(q, kv, kv, bias, dropout, block, Site.ATTENTION_PROBABILITIES);
    return Linear.apply(joined, output);
  }

  private Tensor split(Tensor projected, TokenGroups groups) {
    return Attention.split(
        projected.view(groups.sequences(), groups.length(), projected.size(1)), heads);
  }
}
