package io.sparkswitch.model.tensor;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Small constructors and views that libtorch's Java binding spells out at length. */
public final class Tensors {
  private Tensors() {}

  public static Scalar scalar(double value) {
    return new Scalar(value);
  }

  /** Uninitialised memory. */
  public static Tensor empty(ScalarType dtype, long... shape) {
    return torch.empty(shape, new TensorOptions(dtype), new MemoryFormatOptional());
  }

  public static Tensor zeros(ScalarType dtype, long... shape) {
    return torch.zeros(shape, new TensorOptions(dtype));
  }

  /** {@code <int64>[shape]} from Java ints. */
  public static Tensor indices(int[] values, long... shape) {
    long[] wide = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return longs(wide, shape);
  }

  /** {@code <int64>[shape]}. */
  public static Tensor longs(long[] values, long... shape) {
    Tensor tensor = empty(ScalarType.Long, shape);
    bytes(tensor).asLongBuffer().put(values);
    return tensor;
  }

  /** {@code <float>[shape]} from Java floats. */
  public static Tensor floats(float[] values, long... shape) {
    Tensor tensor = empty(ScalarType.Float, shape);
    floats(tensor).put(values);
    return tensor;
  }

  /** {@code <double>[shape]} from Java doubles. */
  public static Tensor doubles(double[] values, long... shape) {
    Tensor tensor = empty(ScalarType.Double, shape);
    bytes(tensor).asDoubleBuffer().put(values);
    return tensor;
  }

  /** A view of a contiguous float tensor's memory; valid as long as the tensor. */
  public static FloatBuffer floats(Tensor tensor) {
    return bytes(tensor).asFloatBuffer();
  }

  public static float[] toFloats(Tensor tensor) {
    Tensor contiguous = tensor.detach().to(ScalarType.Float).contiguous();
    float[] values = new float[Math.toIntExact(contiguous.numel())];
    floats(contiguous).get(values);
    return values;
  }

  /** The values of a tensor of any float dtype. */
  public static double[] toDoubles(Tensor tensor) {
    Tensor contiguous = tensor.detach().to(ScalarType.Double).contiguous();
    double[] values = new double[Math.toIntExact(contiguous.numel())];
    bytes(contiguous).asDoubleBuffer().get(values);
    return values;
  }

  /** The values of an int64 tensor that fit an int. */
  public static int[] toInts(Tensor tensor) {
    long[] wide = toLongs(tensor);
    int[] values = new int[wide.length];
    for (int i = 0; i < wide.length; i++) {
      values[i] = Math.toIntExact(wide[i]);
    }
    return values;
  }

  /** The values of an int64 tensor. */
  public static long[] toLongs(Tensor tensor) {
    Tensor contiguous = tensor.contiguous();
    long[] values = new long[Math.toIntExact(contiguous.numel())];
    bytes(contiguous).asLongBuffer().get(values);
    return values;
  }

  /** {@code x}, in float32 if it is in bfloat16, which rounds too much for losses and draws. */
  public static Tensor exact(Tensor x) {
    return x.scalar_type().intern() == ScalarType.BFloat16 ? x.to(ScalarType.Float) : x;
  }

  public static Tensor concatenate(Tensor[] parts, long axis) {
    return torch.cat(new TensorVector(parts), axis);
  }

  /** Closes all that {@code f} makes but its result, which joins the scope outside. */
  public static Tensor surviving(Supplier<Tensor> f) {
    PointerScope outer = PointerScope.getInnerScope();
    Tensor result;
    try (PointerScope inner = new PointerScope()) {
      result = f.get();
      result.retainReference();
    }
    if (outer != null) {
      outer.attach(result);
      result.releaseReference();
    }
    return result;
  }

  /**
   * Takes a tensor out of the innermost scope, so that it lives until it is closed or collected.
   */
  public static Tensor own(Tensor tensor) {
    PointerScope scope = PointerScope.getInnerScope();
    if (scope != null) {
      tensor.retainReference();
      scope.detach(tensor);
    }
    return tensor;
  }

  private static ByteBuffer bytes(Tensor tensor) {
    ByteBuffer[] buffers = TensorBytes.of(tensor).all();
    if (buffers.length > 1) {
      throw new IllegalArgumentException("a tensor of %d bytes".formatted(tensor.nbytes()));
    }
    return buffers[0];
  }
}
