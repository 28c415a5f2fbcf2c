package io.sparkswitch.model.optim;

import io.sparkswitch.model.tensor.Natives;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.ParameterSpec.Initialiser;
import io.sparkswitch.model.tensor.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Not a test: milliseconds of one step with one thread, the least of several. */
final class OptimizerBench {
  private static final int ROUNDS = 12;

  private OptimizerBench() {}

  public static void main(String[] arguments) {
    Natives.prepare();
    torch.set_num_threads(1);
    measure(1, 32128, 256);
    measure(24, 256, 1024);
    measure(4, 768, 3072);
  }

  private static void measure(int count, long out, long in) {
    List<ParameterSpec> specs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      specs.add(
          new ParameterSpec("p" + i, new long[] {out, in}, Initialiser.normal(0.05), "p" + i));
    }
    System.out.printf(
        Locale.ROOT,
        "%d x [%d, %d]: adafactor %.1f ms, adamw %.1f ms%n",
        count,
        out,
        in,
        least(specs, p -> new Adafactor(p, AdafactorSettings.t5())),
        least(specs, p -> new AdamW(p, new AdamWSettings(0.9, 0.999, 1e-8, 0.01))));
  }

  private static double least(
      List<ParameterSpec> specs, Function<Parameters, Optimizer> constructor) {
    try (Parameters parameters = new Parameters(specs, ScalarType.Float);
        Optimizer optimizer = constructor.apply(parameters)) {
      parameters.initialise(1);
      try (NoGradGuard guard = new NoGradGuard()) {
        parameters.gradients().copy_(parameters.values());
      }
      double least = Double.POSITIVE_INFINITY;
      for (int t = 1; t <= ROUNDS; t++) {
        long startedAt = System.nanoTime();
        optimizer.step(t, 1e-3);
        least = Math.min(least, (System.nanoTime() - startedAt) / 1e6);
      }
      return least;
    }
  }
}
