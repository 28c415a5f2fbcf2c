package io.sparkswitch.model.checkpoint;

import io.sparkswitch.model.tensor.TensorBytes;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A tensor to come: all that a file's header says of it.
 *
 * @param shape may be empty for a scalar
 */
public record TensorSpec(String name, ScalarType dtype, long[] shape) {
  public TensorSpec {
    if (Arrays.stream(shape).anyMatch(n -> n < 0)) {
      throw new IllegalArgumentException(
          "tensor %s has shape %s".formatted(name, Arrays.toString(shape)));
    }
    shape = shape.clone();
  }

  /** What a tensor is. */
  public static TensorSpec of(String name, Tensor tensor) {
    long[] shape = new long[Math.toIntExact(tensor.dim())];
    Arrays.setAll(shape, tensor::size);
    return new TensorSpec(name, tensor.scalar_type().intern(), shape);
  }

  /** Bytes of all its entries. */
  public long bytes() {
    return Arrays.stream(shape).reduce(TensorBytes.elementSize(dtype), Math::multiplyExact);
  }
}
