package io.sparkswitch.model.optim;

import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Squared norms: products of a block in the tensor's precision, blocks summed in float64. */
public final class SumOfSquares {
  private SumOfSquares() {}

  /**
   * Of one contiguous tensor; 0 where it is empty, not finite where an entry is not.
   *
   * @param tensor {@code <float>} of any shape
   */
  public static double of(Tensor tensor) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      long entries = tensor.numel();
      Tensor flat = tensor.view(entries);
      return Blocks.ofRows(entries, 1)
          .sum(
              (from, count) -> {
                Tensor block = flat.narrow(0, from, count);
                return block.dot(block).item_double();
              });
    }
  }

  /** Of all gradients, a parameter at a time: the same wherever a parameter lives. */
  public static double ofGradients(Parameters parameters) {
    double sum = 0;
    for (ParameterSpec spec : parameters.specs()) {
      sum += of(parameters.gradient(spec.name()));
    }
    return sum;
  }
}
