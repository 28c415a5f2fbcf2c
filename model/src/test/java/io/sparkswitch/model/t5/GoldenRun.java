package io.sparkswitch.model.t5;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.moe.Draws;
import io.sparkswitch.model.moe.Observations;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.Routing;
import io.sparkswitch.model.tensor.Tape;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * What our model makes of a golden case's inputs.
 *
 * @param model with its gradients
 * @param logits {@code <float>[batch × decoderLength, vocab]}
 * @param loss all that is minimised
 * @param crossEntropy a target token
 * @param auxiliary the layers' auxiliary losses, without factor, as the paper reckons them
 * @param hidden by the name of the golden tensor
 * @param routing by layer, such as {@code encoder.1}
 */
record GoldenRun(
    T5Model model,
    Tensor logits,
    double loss,
    double crossEntropy,
    Map<String, Double> auxiliary,
    Map<String, Tensor> hidden,
    Map<String, Routing> routing)
    implements AutoCloseable {

  static GoldenRun of(GoldenCase golden, Precision precision) throws IOException {
    T5Model model = new T5Model(golden.config, precision, 0, 1);
    golden.fill(model.dense());
    golden.fill(model.experts());
    Batch batch = golden.batch();
    Inputs inputs = Inputs.of(batch, 0, batch.sequences(), golden.config.grouping());
    Seen seen = new Seen();
    try (Exchange exchange = LocalExchange.group(1).get(0)) {
      Tag position = new Tag(0, 0, 0, 0, Direction.CONTROL);
      Tensor logits =
          model
              .forward(inputs, Pass.inference(exchange, position, golden.config.training()))
              .detach();
      Pass pass =
          new Pass(
              Tape.recording(), exchange, position, golden.config.training(), Draws.none(), seen);
      GradientStep.Result result = GradientStep.train(model, inputs, pass, TinyModel.CROSS_ENTROPY);
      double crossEntropy = result.crossEntropy() / inputs.globalTargets();
      Map<String, Double> auxiliary = new LinkedHashMap<>();
      result.layers().forEach(m -> auxiliary.put(m.layer(), m.auxiliaryLoss()));
      return new GoldenRun(
          model,
          logits,
          crossEntropy + pass.tape().addedLosses(),
          crossEntropy,
          auxiliary,
          seen.hidden,
          seen.routing);
    }
  }

  @Override
  public void close() {
    model.close();
  }

  /** Keeps what passes. */
  private static final class Seen extends Observations {
    final Map<String, Tensor> hidden = new LinkedHashMap<>();
    final Map<String, Routing> routing = new LinkedHashMap<>();

    @Override
    public void routed(Routing decision) {
      super.routed(decision);
      routing.put(decision.metrics().layer(), decision);
    }

    @Override
    public void hidden(String place, Tensor x) {
      String name =
          place.contains(".")
              ? "out." + place.replace(".", "_hidden.")
              : "out." + place + "_last_hidden_state";
      hidden.put(name, x.detach().clone());
    }
  }
}
