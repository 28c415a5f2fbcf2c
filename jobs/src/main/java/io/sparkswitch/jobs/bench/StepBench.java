package io.sparkswitch.jobs.bench;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.loss.CrossEntropy;
import io.sparkswitch.model.moe.Draws;
import io.sparkswitch.model.moe.Observations;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.optim.Adafactor;
import io.sparkswitch.model.optim.AdafactorSettings;
import io.sparkswitch.model.t5.GradientStep;
import io.sparkswitch.model.t5.Inputs;
import io.sparkswitch.model.t5.Precision;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Model;
import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Phase;
import io.sparkswitch.model.tensor.Stopwatch;
import io.sparkswitch.model.tensor.Tape;
import io.sparkswitch.model.tensor.TapeOptions;
import io.sparkswitch.model.tensor.TapeOptions.Activations;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;

/** Full training steps of one model in one process: forward, backward, update. */
final class StepBench implements AutoCloseable {
  private static final double RATE = 1e-3;

  private final BenchCase of;
  private final T5Model model;
  private final Adafactor dense;
  private final Adafactor experts;
  private final LocalExchange exchange = LocalExchange.group(1).get(0);
  private final Batch batch;
  private final Stopwatch stopwatch = new Stopwatch();
  private final TapeOptions options = new TapeOptions(Activations.KEPT, stopwatch);
  private long step;

  StepBench(BenchCase of, T5Config config) {
    this.of = of;
    this.model = new T5Model(config, Precision.FLOAT32, 0, 1);
    model.dense().initialise(0);
    model.experts().initialise(0);
    this.dense = new Adafactor(model.dense(), AdafactorSettings.t5());
    this.experts = new Adafactor(model.experts(), AdafactorSettings.t5());
    this.batch = of.batch();
  }

  /**
   * @param seconds of the fastest step
   * @param tokensPerSecond of that step, encoder and decoder together
   * @param gflops reached in it, matrix products alone counted
   * @param phases share of each in the time of all steps
   * @param peakMebibytes resident, of the whole process
   */
  record Result(
      double seconds,
      double tokensPerSecond,
      double gflops,
      Map<String, Double> phases,
      double peakMebibytes) {}

  /** The first step warms up and does not count. */
  Result run(int steps) throws IOException {
    step();
    ResidentMemory.resetPeak();
    stopwatch.reset();
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < steps; i++) {
      best = Math.min(best, step());
    }
    Map<Phase, Double> seconds = stopwatch.seconds();
    double all = seconds.values().stream().mapToDouble(s -> s).sum();
    Map<String, Double> phases = new TreeMap<>();
    seconds.forEach((phase, s) -> phases.put(word(phase), s / all));
    return new Result(
        best,
        of.tokens() / best,
        of.flops(model.config()) / best / 1e9,
        phases,
        ResidentMemory.peakMebibytes());
  }

  private static String word(Phase phase) {
    return phase.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  private double step() {
    long startedAt = System.nanoTime();
    try (PointerScope scope = new PointerScope()) {
      model.dense().zeroGradients();
      model.experts().zeroGradients();
      Inputs inputs = Inputs.of(batch, 0, of.sequences(), model.config().grouping());
      Pass pass =
          new Pass(
              Tape.recording(options),
              exchange,
              new Tag(0, step, 0, 0, Direction.CONTROL),
              model.config().training(),
              new Draws(new Noise(0, step), 0, 0),
              new Observations());
      GradientStep.train(model, inputs, pass, new CrossEntropy(0));
      stopwatch.enter(Phase.OPTIMIZER);
      step++;
      dense.step(step, RATE);
      experts.step(step, RATE);
      stopwatch.enter(Phase.OTHER);
    }
    return (System.nanoTime() - startedAt) / 1e9;
  }

  @Override
  public void close() {
    dense.close();
    experts.close();
    model.close();
    exchange.close();
  }
}
