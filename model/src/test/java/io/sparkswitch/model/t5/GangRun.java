package io.sparkswitch.model.t5;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.exchange.Alternation;
import io.sparkswitch.model.exchange.Alternation.Program;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.moe.LayerMetrics;
import io.sparkswitch.model.moe.Observations;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Tape;
import io.sparkswitch.model.tensor.TapeOptions;
import io.sparkswitch.model.tensor.TapeOptions.Activations;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;

/**
 * One step of one batch, by a gang of threads.
 *
 * @param crossEntropy sum over all ranks
 * @param routerLosses sum over all ranks, with their factors; 0 after an evaluation
 * @param targetTokens sum over all ranks
 * @param layers sums over all ranks and micro-batches
 * @param gradients by name: dense ones summed over ranks, experts' from their owner; empty after an
 *     evaluation
 */
record GangRun(
    double crossEntropy,
    double routerLosses,
    long targetTokens,
    Map<String, LayerMetrics> layers,
    Map<String, double[]> gradients) {

  private static final GangRun NOTHING = new GangRun(0, 0, 0, Map.of(), Map.of());

  /** How a gang computes. */
  record Setting(Recipe recipe, Precision precision, Activations activations, int inFlight) {
    Setting(Recipe recipe, Precision precision, Activations activations) {
      this(recipe, precision, activations, 1);
    }

    static Setting of(Recipe recipe, Precision precision) {
      return new Setting(recipe, precision, Activations.KEPT);
    }

    /** Micro-batches by turns. */
    Setting inFlight(int atOnce) {
      return new Setting(recipe, precision, activations, atOnce);
    }

    static Setting of(T5Config config, Precision precision) {
      return of(Recipe.of(config), precision);
    }
  }

  /** Trains; row r of {@code cuts} holds the ascending bounds of rank r's micro-batches. */
  static GangRun train(Setting setting, Batch batch, int[]... cuts) throws Exception {
    return run(setting, batch, true, cuts);
  }

  static GangRun train(T5Config config, Precision precision, Batch batch, int[]... cuts)
      throws Exception {
    return train(Setting.of(config, precision), batch, cuts);
  }

  static GangRun evaluate(T5Config config, Precision precision, Batch batch, int[]... cuts)
      throws Exception {
    return run(Setting.of(config, precision), batch, false, cuts);
  }

  private static GangRun run(Setting setting, Batch batch, boolean training, int[][] cuts)
      throws Exception {
    List<LocalExchange> ends = LocalExchange.group(cuts.length, Duration.ofSeconds(20));
    ExecutorService threads = Executors.newFixedThreadPool(cuts.length);
    try {
      List<Future<GangRun>> futures = new ArrayList<>();
      for (int rank = 0; rank < cuts.length; rank++) {
        Exchange exchange = ends.get(rank);
        int[] cut = cuts[rank];
        futures.add(
            threads.submit(
                () -> {
                  try {
                    return rank(setting, batch, training, exchange, cut);
                  } finally {
                    exchange.close();
                  }
                }));
      }
      GangRun sum = NOTHING;
      for (Future<GangRun> future : futures) {
        sum = sum.plus(future.get(30, TimeUnit.SECONDS));
      }
      return sum;
    } finally {
      threads.shutdownNow();
    }
  }

  private static GangRun rank(
      Setting setting, Batch batch, boolean training, Exchange exchange, int[] cut)
      throws IOException {
    T5Config config = setting.recipe.config();
    GangRun sum = NOTHING;
    try (PointerScope scope = new PointerScope();
        Alternation alternation =
            new Alternation(exchange, setting.inFlight, Duration.ofSeconds(20));
        T5Model model =
            TinyModel.model(config, setting.precision, exchange.rank(), exchange.size())) {
      Walk walk = new Walk(setting, batch, training, exchange, cut, model);
      if (setting.inFlight == 1) {
        sum = walk.every(0);
      } else {
        List<Program<GangRun>> programs = new ArrayList<>();
        for (int first = 0; first < setting.inFlight; first++) {
          int program = first;
          programs.add(() -> walk.every(program));
        }
        for (GangRun part : alternation.run(programs)) {
          sum = sum.plus(part);
        }
      }
      return training ? sum.plus(new GangRun(0, 0, 0, Map.of(), gradients(model))) : sum;
    }
  }

  /** A rank's. */
  private record Walk(
      Setting setting, Batch batch, boolean training, Exchange exchange, int[] cut, T5Model model) {
    /** One micro-batch of as many as are in flight, after the other. */
    GangRun every(int first) {
      GangRun sum = NOTHING;
      for (int micro = first; micro + 1 < cut.length; micro += setting.inFlight) {
        sum = sum.plus(part(micro));
      }
      return sum;
    }

    private GangRun part(int micro) {
      try (PointerScope scope = new PointerScope()) {
        Inputs inputs =
            Inputs.of(batch, cut[micro], cut[micro + 1], setting.recipe.config().grouping());
        Tape tape =
            training ? Tape.recording(TapeOptions.of(setting.activations)) : Tape.inference();
        Pass pass = setting.recipe.pass(tape, exchange, micro, new Observations());
        GradientStep.Result result =
            training
                ? GradientStep.train(model, inputs, pass, setting.recipe.objective())
                : GradientStep.evaluate(model, inputs, pass, setting.recipe.objective());
        Map<String, LayerMetrics> layers = new TreeMap<>();
        result.layers().forEach(m -> layers.put(m.layer(), m));
        return new GangRun(
            result.crossEntropy(), tape.addedLosses(), result.targetTokens(), layers, Map.of());
      }
    }
  }

  /** By name. */
  static Map<String, double[]> gradients(T5Model model) {
    Map<String, double[]> gradients = new TreeMap<>();
    for (Parameters parameters : List.of(model.dense(), model.experts())) {
      for (ParameterSpec spec : parameters.specs()) {
        gradients.put(spec.name(), Doubles.of(parameters.gradient(spec.name())));
      }
    }
    return gradients;
  }

  private GangRun plus(GangRun other) {
    Map<String, LayerMetrics> bothLayers = new TreeMap<>(layers);
    other.layers.forEach((name, m) -> bothLayers.merge(name, m, LayerMetrics::plus));
    Map<String, double[]> both = new TreeMap<>(gradients);
    other.gradients.forEach((name, g) -> both.merge(name, g, GangRun::sum));
    return new GangRun(
        crossEntropy + other.crossEntropy,
        routerLosses + other.routerLosses,
        targetTokens + other.targetTokens,
        bothLayers,
        both);
  }

  private static double[] sum(double[] a, double[] b) {
    double[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }
}
