package io.sparkswitch.model.layer;

import io.sparkswitch.model.tensor.Saved;
import io.sparkswitch.model.tensor.Section;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** One walk through output · (gelu(gate · x) × (input · x)) of T5 1.1. */
final class GatedFeedForward implements Section {
  private static final String TANH = "tanh";

  private final FeedForward weights;
  private final HiddenDropout dropout;
  private Tensor x;
  private Tensor gate;
  private Tensor linear;

  GatedFeedForward(FeedForward weights, UnaryOperator<Tensor> dropout) {
    this.weights = weights;
    this.dropout = new HiddenDropout(dropout);
  }

  @Override
  public Tensor forward(Tensor rows, Saved saved) {
    x = saved.keep(rows);
    gate = saved.keep(Linear.apply(x, weights.gate())); // [n, mlp]
    linear = saved.keep(Linear.apply(x, weights.input())); // [n, mlp]
    Tensor hidden = torch.gelu(gate, TANH).mul_(linear);
    dropout.draw(hidden, saved);
    return Linear.apply(hidden, weights.output()); // [n, embed]
  }

  @Override
  public Tensor backward(Tensor gradient) {
    Tensor activated = torch.gelu(gate, TANH); // [n, mlp]
    Tensor hidden = activated.mul(linear);
    dropout.repeat(hidden);
    Tensor inner = Linear.backward(gradient, hidden, weights.output()); // [n, mlp]
    dropout.repeat(inner);
    Tensor ofX = Linear.backward(inner.mul(activated), x, weights.input()); // [n, embed]
    Tensor ofGate = torch.gelu_backward(inner.mul_(linear), gate, TANH); // [n, mlp]
    return ofX.add_(Linear.backward(ofGate, x, weights.gate()));
  }
}
