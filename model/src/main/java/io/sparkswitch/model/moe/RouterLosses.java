package io.sparkswitch.model.moe;

import io.sparkswitch.model.loss.HuggingFaceRouterLosses;
import io.sparkswitch.model.moe.RouterLossFactors.Convention;
import io.sparkswitch.model.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Adds the routers' losses of one stack to what a pass differentiates. */
public final class RouterLosses {
  private final Pass pass;
  private final TokenGroups groups;
  private final boolean someLayerDense;
  private final List<HuggingFaceRouterLosses.Layer> layers = new ArrayList<>();

  /**
   * @param someLayerDense Hugging Face's models have no such losses in a stack of sparse layers
   *     only
   */
  public RouterLosses(Pass pass, TokenGroups groups, boolean someLayerDense) {
    this.pass = pass;
    this.groups = groups;
    this.someLayerDense = someLayerDense;
  }

  /** To be called in the segment of the tape that made the decision. */
  void add(Routing routing) {
    RouterLossFactors factors = pass.rule().losses();
    if (factors.convention() == Convention.HUGGING_FACE) {
      layers.add(
          new HuggingFaceRouterLosses.Layer(pass.tape().keep(routing.logits()), kept(routing)));
      return;
    }
    add(routing.losses().auxiliary(), factors.auxiliary());
    add(routing.losses().z(), factors.z());
  }

  /** To be called once, after the stack's last layer. */
  public void finish() {
    RouterLossFactors factors = pass.rule().losses();
    if (layers.isEmpty() || !someLayerDense) {
      return;
    }
    add(HuggingFaceRouterLosses.auxiliary(layers, groups), factors.auxiliary());
    add(HuggingFaceRouterLosses.z(layers, groups), factors.z());
  }

  private void add(Tensor loss, double factor) {
    if (factor > 0) {
      pass.tape().addLoss(loss.mul(Tensors.scalar(factor)));
    }
  }

  /** The experts that compute each token; 0, as there, for a token that none computes. */
  private static int[] kept(Routing routing) {
    int[] experts = new int[routing.expertIndex().length / routing.choices()];
    for (int request = 0; request < routing.kept().length; request++) {
      if (routing.kept()[request]) {
        experts[request / routing.choices()] = routing.expertIndex()[request];
      }
    }
    return experts;
  }
}
