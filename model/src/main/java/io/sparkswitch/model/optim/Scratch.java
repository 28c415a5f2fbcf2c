package io.sparkswitch.model.optim;

import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Tensors;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Memory for one block of any of the parameters, used over and over. */
final class Scratch implements AutoCloseable {
  private final Tensor entries;
  private final Tensor ones;

  Scratch(Parameters parameters) {
    long widest = widest(parameters.specs());
    ScalarType dtype = parameters.values().scalar_type();
    try (PointerScope scope = new PointerScope()) {
      entries = Tensors.own(Tensors.zeros(dtype, widest));
      ones = Tensors.own(Tensors.zeros(dtype, widest).fill_(Tensors.scalar(1)));
    }
  }

  /** Entries of the longest row, or of a block. */
  static long widest(List<ParameterSpec> specs) {
    long widest = Blocks.ENTRIES;
    for (ParameterSpec spec : specs) {
      widest = Math.max(widest, spec.shape()[spec.shape().length - 1]);
    }
    return widest;
  }

  /** {@code <float>[rows, width]} of whatever values were left there. */
  Tensor matrix(long rows, long width) {
    return entries.narrow(0, 0, rows * width).view(rows, width);
  }

  /** {@code <float>[length]} of whatever values were left there. */
  Tensor vector(long length) {
    return entries.narrow(0, 0, length);
  }

  /** {@code <float>[length]}. */
  Tensor ones(long length) {
    return ones.narrow(0, 0, length);
  }

  @Override
  public void close() {
    entries.close();
    ones.close();
  }
}
