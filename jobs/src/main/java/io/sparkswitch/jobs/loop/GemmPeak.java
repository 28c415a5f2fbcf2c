package io.sparkswitch.jobs.loop;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The rate of plain float32 matrix products, which a model's speed is told as a share of.
 *
 * @param flopsPerSecond floating point operations a second
 */
record GemmPeak(double flopsPerSecond) {
  static final GemmPeak NONE = new GemmPeak(0);

  private static final long SIDE = 512;
  private static final double FLOPS = 2.0 * SIDE * SIDE * SIDE;
  private static final long ENOUGH_NANOS = 25_000_000;

  /** The best of some products on the threads this process computes with; takes about 40 ms. */
  static GemmPeak measure() {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor a = torch.ones(SIDE, SIDE);
      Tensor b = torch.ones(SIDE, SIDE);
      Tensor c = torch.empty(SIDE, SIDE);
      torch.mm_out(c, a, b);
      long best = Long.MAX_VALUE;
      long begin = System.nanoTime();
      do {
        long startedAt = System.nanoTime();
        torch.mm_out(c, a, b);
        best = Math.min(best, System.nanoTime() - startedAt);
      } while (System.nanoTime() - begin < ENOUGH_NANOS);
      return new GemmPeak(FLOPS * 1e9 / best);
    }
  }

  GemmPeak plus(GemmPeak other) {
    return new GemmPeak(flopsPerSecond + other.flopsPerSecond);
  }

  byte[] toBytes() {
    return ByteBuffer.allocate(Double.BYTES).putDouble(flopsPerSecond).array();
  }

  static GemmPeak of(byte[] bytes) {
    return new GemmPeak(ByteBuffer.wrap(bytes).getDouble());
  }
}
