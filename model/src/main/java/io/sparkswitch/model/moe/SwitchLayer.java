package io.sparkswitch.model.moe;

import io.sparkswitch.model.exchange.ExpertPlacement;
import io.sparkswitch.model.tensor.Noise.Site;
import io.sparkswitch.model.tensor.Phase;
import io.sparkswitch.model.tensor.Section;
import io.sparkswitch.model.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * A sparse layer (paper section 2.1): the router decides, the exchange moves, the experts compute.
 * What no expert computes is zero.
 *
 * @param router decides where each token goes
 * @param experts this rank's experts, by global id
 * @param outputs width of what an expert returns
 */
public record SwitchLayer(Router router, List<Expert> experts, long outputs) {

  /**
   * Ends the tape's segment: what is used afterwards must be kept before.
   *
   * @param h {@code <float>[tokens, embed]}: normed
   * @return {@code <float>[tokens, outputs]}
   */
  public Tensor apply(Tensor h, Pass pass, TokenGroups groups, RouterLosses losses) {
    Routing routing = router.route(h, groups, pass.rule(), pass.draws().noise());
    pass.seen().routed(routing);
    losses.add(routing);
    Tensor tokens = Tensors.indices(routing.tokens(), routing.tokens().length);
    Tensor outgoing = h.index_select(0, tokens); // [rows sent, embed]
    pass.seen().sent(router.layer(), outgoing);
    Tensor gates = pass.tape().keep(routing.combineWeights());

    long[] sources = dropsHidden(pass) ? globalTokens(routing, groups) : null;
    ExpertTraffic traffic =
        ExpertTraffic.dispatch(
            pass, router.index(), routing.expertCounts(), outgoing.detach(), sources);
    Tensor arrived =
        pass.tape()
            .cross(
                outgoing, sent -> traffic.arrived(), traffic::dispatchGradient, Phase.FEED_FORWARD);
    long[] origins = traffic.origins();
    Tensor computed =
        pass.tape()
            .section(
                Phase.FEED_FORWARD, arrived, () -> rows(traffic.rowsPerExpert(), pass, origins));
    Tensor returned =
        pass.tape().cross(computed, traffic::combine, traffic::combineGradient, Phase.ROUTING);
    pass.seen().sent(router.layer(), returned);

    Tensor weighted = returned.mul(gates.unsqueeze(1)); // [rows sent, outputs]
    return Tensors.zeros(weighted.scalar_type(), groups.tokens(), outputs)
        .index_add(0, tokens, weighted);
  }

  /**
   * @param origins global index of each row's token; null without dropout
   */
  private ExpertRows rows(int[] rowsPerExpert, Pass pass, long[] origins) {
    List<Section> walks = new ArrayList<>();
    int start = 0;
    for (int e = 0; e < rowsPerExpert.length; e++) {
      walks.add(experts.get(e).section(dropout(pass, origins, start, e)));
      start += rowsPerExpert[e];
    }
    return new ExpertRows(walks, rowsPerExpert, outputs);
  }

  private boolean dropsHidden(Pass pass) {
    return pass.draws().expertDropoutRate() > 0;
  }

  /** Dropout of an expert's hidden layer, drawn for the token wherever it is computed. */
  private UnaryOperator<Tensor> dropout(Pass pass, long[] origins, int start, int expert) {
    if (!dropsHidden(pass)) {
      return null;
    }
    long total = router.weight().size(0);
    long id =
        new ExpertPlacement(Math.toIntExact(total), pass.exchange().size())
                .first(pass.exchange().rank())
            + (long) expert;
    return hidden -> {
      long[] keys = new long[Math.toIntExact(hidden.size(0))];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = origins[start + i] * total + id;
      }
      return pass.draws()
          .noise()
          .dropout(
              router.index(),
              Site.EXPERT_HIDDEN,
              keys,
              Math.toIntExact(hidden.size(1)),
              pass.draws().expertDropoutRate())
          .to(hidden.scalar_type());
    };
  }

  private static long[] globalTokens(Routing routing, TokenGroups groups) {
    long[] global = new long[routing.tokens().length];
    for (int i = 0; i < global.length; i++) {
      global[i] = groups.firstToken() + routing.tokens()[i];
    }
    return global;
  }
}
