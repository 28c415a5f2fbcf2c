package io.sparkswitch.model.optim;

import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The second moment of a matrix as the product of its row means and column means over the mean of
 * all (Adafactor's section 3). Never as large as the matrix: three passes read the gradient, a
 * block at a time, and only the target of the update is written.
 */
final class FactoredMoment implements SecondMoment {
  private final Tensor row; // [out]
  private final Tensor column; // [in]
  private final double epsilon;
  private final Scratch scratch;

  FactoredMoment(Tensor row, Tensor column, double epsilon, Scratch scratch) {
    this.row = row;
    this.column = column;
    this.epsilon = epsilon;
    this.scratch = scratch;
  }

  @Override
  public Update absorb(Tensor gradient, double beta2) {
    long out = row.numel();
    long in = column.numel();
    Tensor rowSums = torch.empty_like(row);
    Tensor columnSums = torch.zeros_like(column);
    Blocks blocks = Blocks.ofRows(out, in);
    blocks.forEach(
        (from, count) -> {
          Tensor squares = squares(gradient, from, count); // [count, in]
          torch.mv_out(rowSums.narrow(0, from, count), squares, scratch.ones(in));
          columnSums.addmv_(squares.t(), scratch.ones(count));
        });
    average(row, rowSums, in, beta2);
    average(column, columnSums, out, beta2);
    return new Factored(
        gradient, blocks, row.div(row.mean()).reciprocal_(), torch.reciprocal(column));
  }

  private void average(Tensor old, Tensor sums, long count, double beta2) {
    old.mul_(Tensors.scalar(beta2))
        .add_(sums, Tensors.scalar((1 - beta2) / count))
        .add_(Tensors.scalar((1 - beta2) * epsilon));
  }

  private Tensor squares(Tensor gradient, long from, long count) {
    Tensor block = gradient.narrow(0, from, count);
    return torch.mul_out(scratch.matrix(count, column.numel()), block, block);
  }

  /** u² = gradient² · r · c, with r {@code [out]} and c {@code [in]}. */
  private final class Factored implements Update {
    private final Tensor gradient;
    private final Blocks blocks;
    private final Tensor r;
    private final Tensor c;

    Factored(Tensor gradient, Blocks blocks, Tensor r, Tensor c) {
      this.gradient = gradient;
      this.blocks = blocks;
      this.r = r;
      this.c = c;
    }

    @Override
    public double sumOfSquares() {
      return blocks.sum(
          (from, count) ->
              squares(gradient, from, count).mv(c).dot(r.narrow(0, from, count)).item_double());
    }

    @Override
    public void addTo(Tensor target, double factor) {
      Tensor rowFactor = r.sqrt().mul_(Tensors.scalar(factor)).unsqueeze(1); // [out, 1]
      Tensor columnFactor = c.sqrt().unsqueeze(0); // [1, in]
      blocks.forEach(
          (from, count) -> {
            Tensor scaled =
                torch.mul_out(
                    scratch.matrix(count, c.numel()),
                    gradient.narrow(0, from, count),
                    rowFactor.narrow(0, from, count));
            target.narrow(0, from, count).addcmul_(scaled, columnFactor);
          });
    }
  }
}
