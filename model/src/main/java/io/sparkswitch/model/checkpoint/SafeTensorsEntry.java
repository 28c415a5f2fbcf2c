package io.sparkswitch.model.checkpoint;

import java.util.Arrays;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Where a tensor lies in a safetensors file.
 *
 * @param dtype e.g. {@code F32}
 * @param shape may be empty for a scalar
 * @param begin first byte, counted from the end of the header
 * @param end byte after the last
 */
record SafeTensorsEntry(String dtype, long[] shape, long begin, long end) {
  SafeTensorsEntry {
    long size = itemSize(dtype);
    for (long n : shape) {
      if (n < 0) {
        throw new IllegalArgumentException("negative axis in shape " + Arrays.toString(shape));
      }
      try {
        size = Math.multiplyExact(size, n);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException(
            "the size of %s%s overflows 64 bits".formatted(dtype, Arrays.toString(shape)), e);
      }
    }
    if (begin < 0 || end < begin || end - begin != size) {
      throw new IllegalArgumentException(
          "%s%s needs %d bytes, but the header gives it [%d, %d)"
              .formatted(dtype, Arrays.toString(shape), size, begin, end));
    }
  }

  static String dtype(ScalarType type) {
    return switch (type) {
      case Float -> "F32";
      case Double -> "F64";
      case Half -> "F16";
      case BFloat16 -> "BF16";
      case Long -> "I64";
      default -> throw new IllegalArgumentException("no safetensors dtype for " + type);
    };
  }

  ScalarType scalarType() {
    return switch (dtype) {
      case "F32" -> ScalarType.Float;
      case "F64" -> ScalarType.Double;
      case "F16" -> ScalarType.Half;
      case "BF16" -> ScalarType.BFloat16;
      case "I64" -> ScalarType.Long;
      default -> throw unsupported(dtype);
    };
  }

  private static long itemSize(String dtype) {
    return switch (dtype) {
      case "F64", "I64" -> 8;
      case "F32" -> 4;
      case "F16", "BF16" -> 2;
      default -> throw unsupported(dtype);
    };
  }

  private static IllegalArgumentException unsupported(String dtype) {
    return new IllegalArgumentException("dtype %s is not supported".formatted(dtype));
  }
}
