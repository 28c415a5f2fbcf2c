package io.sparkswitch.model.tensor;

import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Float64 tensors from Java numbers and back, for naive twins. */
public final class Doubles {
  private Doubles() {}

  /** {@code <double>[shape]}. */
  public static Tensor tensor(double[] values, long... shape) {
    Tensor tensor = Tensors.empty(ScalarType.Double, shape);
    if (values.length > 0) {
      TensorBytes.views(tensor)[0].asDoubleBuffer().put(values);
    }
    return tensor;
  }

  /** Standard normal draws, {@code <double>[shape]}. */
  public static Tensor normal(long seed, long... shape) {
    return tensor(draws(seed, size(shape)), shape);
  }

  /** Standard normal draws. */
  public static double[] draws(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    DoubleSupplier draw = random::nextGaussian;
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = draw.getAsDouble();
    }
    return values;
  }

  /** The values of a tensor of any float dtype. */
  public static double[] of(Tensor tensor) {
    Tensor contiguous = tensor.detach().to(ScalarType.Double).contiguous();
    double[] values = new double[Math.toIntExact(contiguous.numel())];
    if (values.length > 0) {
      TensorBytes.views(contiguous)[0].asDoubleBuffer().get(values);
    }
    return values;
  }

  /** Largest absolute difference; infinite where a number is missing or not finite. */
  public static double distance(double[] a, double[] b) {
    if (a.length != b.length) {
      return Double.POSITIVE_INFINITY;
    }
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = Math.abs(a[i] - b[i]);
      largest = Math.max(largest, Double.isFinite(difference) ? difference : 1 / 0.0);
    }
    return largest;
  }

  public static double largest(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static int size(long... shape) {
    long size = 1;
    for (long axis : shape) {
      size *= axis;
    }
    return Math.toIntExact(size);
  }
}
