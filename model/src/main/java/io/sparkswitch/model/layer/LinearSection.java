package io.sparkswitch.model.layer;

import io.sparkswitch.model.tensor.Saved;
import io.sparkswitch.model.tensor.Section;
import org.bytedeco.pytorch.Tensor;

/** One walk of {@code <float>[n, in]} through a matrix {@code <float>[out, in]}. */
public final class LinearSection implements Section {
  private final Tensor weight;
  private Tensor x;

  public LinearSection(Tensor weight) {
    this.weight = weight;
  }

  @Override
  public Tensor forward(Tensor rows, Saved saved) {
    x = saved.keep(rows);
    return Linear.apply(x, weight);
  }

  @Override
  public Tensor backward(Tensor gradient) {
    return Linear.backward(gradient, x, weight);
  }
}
