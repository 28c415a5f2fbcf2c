package io.sparkswitch.jobs.bench;

import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.tensor.Natives;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The training step beside the rate of its own matrix products, both in this process: what counts
 * is their ratio.
 */
public final class ModelBench {
  private static final int ROUNDS = 3;

  private final int steps;
  private final Consumer<String> say;

  /**
   * @param steps measured steps of each model in each of three rounds
   * @param say takes lines for a person
   */
  public ModelBench(int steps, Consumer<String> say) {
    this.steps = steps;
    this.say = say;
  }

  /** The sizes there are. */
  public enum Size {
    MINI,
    BASE;

    BenchCase benchCase() {
      return this == MINI ? BenchCase.mini() : BenchCase.base();
    }
  }

  /**
   * A size at a number of threads.
   *
   * @param gemmGflops rate of the model's matrix products alone
   */
  public record Group(
      String name, int threads, double gemmGflops, Measured dense, Measured sparse) {
    /** Time of a Switch step as a multiple of the dense model's. */
    public double stepVersusDense() {
      return sparse.secondsPerStep() / dense.secondsPerStep();
    }
  }

  /**
   * @param shareOfGemm GFLOP/s reached, as a share of the rate of the products alone
   */
  public record Measured(
      double secondsPerStep,
      double tokensPerSecond,
      double gflops,
      double shareOfGemm,
      double peakMebibytes,
      java.util.Map<String, Double> phases) {}

  public Group run(Size size, int threads) throws IOException {
    Natives.load();
    Natives.threads(threads);
    BenchCase of = size.benchCase();
    List<Product> products = Product.of(of);
    double rate = 0;
    StepBench.Result dense = null;
    StepBench.Result sparse = null;
    // Shared machines change their speed by the minute: rounds let each of the three meet the best.
    for (int round = 0; round < ROUNDS; round++) {
      rate = Math.max(rate, GemmBench.rate(products));
      dense = faster(dense, run(of, of.dense()));
      sparse = faster(sparse, run(of, of.sparse()));
    }
    Group group =
        new Group(of.name(), threads, rate, measured(dense, rate), measured(sparse, rate));
    print(group);
    return group;
  }

  private static StepBench.Result faster(StepBench.Result a, StepBench.Result b) {
    return a == null || b.seconds() < a.seconds() ? b : a;
  }

  private StepBench.Result run(BenchCase of, T5Config config) throws IOException {
    try (StepBench bench = new StepBench(of, config)) {
      return bench.run(steps);
    }
  }

  private static Measured measured(StepBench.Result result, double rate) {
    return new Measured(
        result.seconds(),
        result.tokensPerSecond(),
        result.gflops(),
        result.gflops() / rate,
        result.peakMebibytes(),
        result.phases());
  }

  private void print(Group group) {
    say.accept(
        text(
            "%s, %d thread(s): the model's matrix products alone %.1f GFLOP/s",
            group.name, group.threads, group.gemmGflops));
    print("dense ", group.dense);
    print("Switch", group.sparse);
    say.accept(text("  a Switch step takes %.2f dense steps", group.stepVersusDense()));
  }

  private void print(String kind, Measured m) {
    say.accept(
        text(
            "  %s  %.3f s a step, %,.0f tokens/s, %.1f GFLOP/s = %.1f %% of the products alone, peak %,.0f MiB",
            kind,
            m.secondsPerStep,
            m.tokensPerSecond,
            m.gflops,
            100 * m.shareOfGemm,
            m.peakMebibytes));
    StringBuilder split = new StringBuilder("         ");
    m.phases.forEach((phase, share) -> split.append(text(" %s %.1f %%", phase, 100 * share)));
    say.accept(split.toString());
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
