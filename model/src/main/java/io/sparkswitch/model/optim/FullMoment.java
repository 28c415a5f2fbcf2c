package io.sparkswitch.model.optim;

import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** A second moment with an entry for each of the parameter's. */
final class FullMoment implements SecondMoment {
  private final Tensor square;
  private final double epsilon;

  FullMoment(Tensor square, double epsilon) {
    this.square = square;
    this.epsilon = epsilon;
  }

  @Override
  public Update absorb(Tensor gradient, double beta2) {
    square
        .mul_(Tensors.scalar(beta2))
        .addcmul_(gradient, gradient, Tensors.scalar(1 - beta2))
        .add_(Tensors.scalar((1 - beta2) * epsilon));
    return new Whole(square.rsqrt().mul_(gradient));
  }

  private record Whole(Tensor update) implements Update {
    @Override
    public double sumOfSquares() {
      return SumOfSquares.of(update);
    }

    @Override
    public void addTo(Tensor target, double factor) {
      target.add_(update, Tensors.scalar(factor));
    }
  }
}
