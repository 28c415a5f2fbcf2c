package io.sparkswitch.model.layer;

import io.sparkswitch.model.tensor.Saved;
import io.sparkswitch.model.tensor.Section;
import io.sparkswitch.model.tensor.Tensors;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** One walk through output · relu(input · x). */
final class ReluFeedForward implements Section {
  private final FeedForward weights;
  private final HiddenDropout dropout;
  private Tensor x;
  private Tensor hidden;

  ReluFeedForward(FeedForward weights, UnaryOperator<Tensor> dropout) {
    this.weights = weights;
    this.dropout = new HiddenDropout(dropout);
  }

  @Override
  public Tensor forward(Tensor rows, Saved saved) {
    x = saved.keep(rows);
    hidden = saved.keep(Linear.apply(x, weights.input())); // [n, mlp]
    hidden.relu_();
    dropout.draw(hidden, saved);
    return Linear.apply(hidden, weights.output()); // [n, embed]
  }

  @Override
  public Tensor backward(Tensor gradient) {
    Tensor inner = Linear.backward(gradient, hidden, weights.output()); // [n, mlp]
    dropout.repeat(inner);
    torch.threshold_backward_out(inner, inner, hidden, Tensors.scalar(0));
    return Linear.backward(inner, x, weights.input());
  }
}
