package io.sparkswitch.model.moe;

import io.sparkswitch.model.layer.Dropout;
import io.sparkswitch.model.layer.FeedForward;
import io.sparkswitch.model.layer.RmsNorm;
import io.sparkswitch.model.tensor.Noise.Site;
import io.sparkswitch.model.tensor.Tensors;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * The sparse feed-forward (paper section 2.1): the router decides, the exchange moves, the experts
 * compute, and what no expert computed passes through the residual alone.
 *
 * @param norm {@code <float>[embed]}
 * @param router decides where each token goes
 * @param experts this rank's experts, by global id
 */
public record SwitchLayer(Tensor norm, Router router, List<FeedForward> experts) {

  /**
   * @param x {@code <float>[batch, length, embed]}
   * @return {@code <float>[batch, length, embed]}
   */
  public Tensor apply(Tensor x, Pass pass, TokenGroups groups, Dropout dropout) {
    long embed = x.size(2);
    Tensor h = RmsNorm.apply(x, norm).view(groups.tokens(), embed); // [tokens, embed]
    Routing routing = router.route(h, groups, pass.rule(), pass.noise());
    pass.metrics().add(routing.metrics());
    if (pass.rule().auxiliaryLossFactor() > 0) {
      pass.tape()
          .addLoss(routing.auxiliaryLoss().mul(Tensors.scalar(pass.rule().auxiliaryLossFactor())));
    }
    Tensor order = Tensors.indices(routing.order(), routing.order().length);
    Tensor outgoing = h.index_select(0, order); // [tokens sent, embed]
    Tensor residual = pass.tape().keep(x);
    Tensor gates = pass.tape().keep(routing.combineWeights());

    ExpertTraffic traffic = ExpertTraffic.plan(pass, router.index(), routing.expertCounts());
    Tensor arrived = pass.tape().cross(outgoing, traffic::dispatch, traffic::dispatchGradient);
    Tensor computed = compute(arrived, traffic.rowsPerExpert()); // [tokens received, embed]
    Tensor returned = pass.tape().cross(computed, traffic::combine, traffic::combineGradient);

    Tensor weighted = returned.mul(gates.unsqueeze(1)); // [tokens sent, embed]
    Tensor y = Tensors.zeros(x.scalar_type(), groups.tokens(), embed).index_add(0, order, weighted);
    Tensor output = y.view(groups.sequences(), groups.length(), embed);
    return residual.add(dropout.apply(output, router.index(), Site.FEED_FORWARD_OUTPUT));
  }

  private Tensor compute(Tensor rows, int[] rowsPerExpert) {
    Tensor[] outputs = new Tensor[rowsPerExpert.length];
    long start = 0;
    for (int e = 0; e < rowsPerExpert.length; e++) {
      Tensor own = rows.narrow(0, start, rowsPerExpert[e]);
      outputs[e] = experts.get(e).apply(own, UnaryOperator.identity());
      start += rowsPerExpert[e];
    }
    return Tensors.concatenate(outputs, 0);
  }
}
