package io.sparkswitch.model.tensor;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Adds to the gradients of leaves. */
public final class Gradients {
  private Gradients() {}

  /**
   * @param gradient of the leaf's shape; the leaf may keep it
   */
  public static void add(Tensor leaf, Tensor gradient) {
    if (!leaf.requires_grad()) {
      return;
    }
    Tensor sum = leaf.mutable_grad();
    if (sum.defined()) {
      sum.add_(gradient);
    } else {
      sum.put(gradient.to(leaf.scalar_type()));
    }
  }

  /** {@link #addProduct(Tensor, Tensor, Tensor, double)} with weight one. */
  public static void addProduct(Tensor leaf, Tensor left, Tensor right) {
    addProduct(leaf, left, right, 1);
  }

  /**
   * Adds weight · {@code left}ᵀ · {@code right} to the gradient of a matrix.
   *
   * @param left {@code <float>[n, out]}
   * @param right {@code <float>[n, in]}
   */
  public static void addProduct(Tensor leaf, Tensor left, Tensor right, double weight) {
    if (!leaf.requires_grad()) {
      return;
    }
    Tensor sum = sum(leaf);
    if (sum.scalar_type().intern() == left.scalar_type().intern()) {
      sum.addmm_(left.t(), right, Tensors.scalar(1), Tensors.scalar(weight));
    } else {
      sum.add_(left.t().matmul(right), Tensors.scalar(weight));
    }
  }

  /**
   * Adds rows to those of the gradient of a matrix.
   *
   * @param indices {@code <int64>[n]}
   * @param rows {@code <float>[n, columns]}
   */
  public static void addRows(Tensor leaf, Tensor indices, Tensor rows) {
    if (leaf.requires_grad()) {
      sum(leaf).index_add_(0, indices, rows.to(leaf.scalar_type()));
    }
  }

  private static Tensor sum(Tensor leaf) {
    if (!leaf.grad().defined()) {
      leaf.mutable_grad().put(torch.zeros_like(leaf));
    }
    return leaf.mutable_grad();
  }
}
