package io.sparkswitch.jobs.bench;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The rate of plain matrix products. */
final class GemmBench {
  private static final long ENOUGH_NANOS = 60_000_000;
  private static final int ROUNDS = 3;

  private GemmBench() {}

  /** GFLOP/s of all products of a step, each as often as it occurs and at its best. */
  static double rate(List<Product> products) {
    double flops = 0;
    double seconds = 0;
    for (Product product : products) {
      flops += product.times() * product.flops();
      seconds += product.times() * seconds(product);
    }
    return flops / seconds / 1e9;
  }

  private static double seconds(Product p) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      boolean first = p.layout() == Product.Layout.FIRST;
      boolean second = p.layout() == Product.Layout.SECOND;
      Tensor a =
          first
              ? torch.randn(p.batch(), p.k(), p.m()).transpose(1, 2)
              : torch.randn(p.batch(), p.m(), p.k());
      Tensor b =
          second
              ? torch.randn(p.batch(), p.n(), p.k()).transpose(1, 2)
              : torch.randn(p.batch(), p.k(), p.n());
      Tensor c = torch.empty(p.batch(), p.m(), p.n());
      double best = once(p, a, b, c);
      for (int round = 0; round < ROUNDS; round++) {
        long startedAt = System.nanoTime();
        int times = 0;
        while (System.nanoTime() - startedAt < ENOUGH_NANOS) {
          best = Math.min(best, once(p, a, b, c));
          times++;
        }
        if (times == 0) {
          throw new IllegalStateException("no product was measured");
        }
      }
      return best;
    }
  }

  private static double once(Product p, Tensor a, Tensor b, Tensor c) {
    long startedAt = System.nanoTime();
    if (p.batch() == 1) {
      try (PointerScope scope = new PointerScope()) {
        torch.mm_out(c.select(0, 0), a.select(0, 0), b.select(0, 0));
      }
    } else {
      torch.bmm_out(c, a, b);
    }
    return (System.nanoTime() - startedAt) / 1e9;
  }
}
