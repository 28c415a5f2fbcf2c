package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.data.batch.BatchStream;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.loss.Objective;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.optim.Optimizer;
import io.sparkswitch.model.optim.SumOfSquares;
import io.sparkswitch.model.t5.GradientStep;
import io.sparkswitch.model.t5.T5Model;
import io.sparkswitch.model.tensor.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.javacpp.PointerScope;

/**
 * Training by one process alone, on the labels: what a {@link Rank} computes and what it and the
 * driver update, but no orders, and nothing that travels. What a gang's speed is measured beside.
 *
 * <p>Concurrency: one thread.
 */
public final class BareLoop implements AutoCloseable {
  private final RunConfig config;
  private final LocalExchange nobody = LocalExchange.group(1).get(0);
  private final BatchStream batches;
  private final T5Model model;
  private final Optimizer dense;
  private final Optimizer experts;
  private final Objective objective;

  /** Begins where a gang of the same does. */
  public BareLoop(WorkerSpec spec) {
    this.config = spec.config();
    RunData.Opened data = spec.folders().data().open(config, new Configuration());
    this.batches = data.training();
    this.model =
        new T5Model(
            Architecture.of(config, data.vocabularyRows()), Architecture.precision(config), 0, 1);
    model.dense().initialise(config.seed());
    model.experts().initialise(config.seed());
    this.dense = Architecture.optimizer(config.optimizer(), model.dense());
    this.experts = Architecture.optimizer(config.optimizer(), model.experts());
    this.objective = Objectives.hard(config);
  }

  /**
   * Trains from the first step.
   *
   * @param settled called before the first step and after each
   * @return cross-entropy of each step, nats per target token
   */
  public List<Double> run(int steps, Runnable settled) {
    List<Double> losses = new ArrayList<>();
    settled.run();
    for (int step = 0; step < steps; step++) {
      try (PointerScope scope = new PointerScope()) {
        losses.add(gradients(step));
        update(step);
      }
      settled.run();
    }
    return losses;
  }

  private double gradients(long step) {
    Batch batch = batches.batch(step);
    model.dense().zeroGradients();
    model.experts().zeroGradients();
    int group = config.routing().groupSequences();
    int parts = config.training().microBatches();
    Share whole = Share.of(batch.sequences(), group, 0, 1);
    double crossEntropy = 0;
    long targets = 0;
    for (int part = 0; part < parts; part++) {
      try (PointerScope scope = new PointerScope()) {
        Share share = whole.part(group, part, parts);
        GradientStep.Result result =
            GradientStep.train(
                model, Architecture.inputs(config, batch, share), pass(step, part), objective);
        crossEntropy += result.crossEntropy();
        targets += result.targetTokens();
      }
    }
    return crossEntropy / targets;
  }

  private Pass pass(long step, int part) {
    Tag tag = new Tag(0, step, part, 0, Direction.CONTROL);
    return Architecture.trainingPass(config, model.config(), step, nobody, tag);
  }

  private void update(long step) {
    double squares =
        SumOfSquares.ofGradients(model.experts()) + SumOfSquares.ofGradients(model.dense());
    Verdict verdict =
        Verdict.of(
            Architecture.schedule(config).rate(step + 1), config.optimizer().clipNorm(), squares);
    clip(model.dense(), verdict);
    clip(model.experts(), verdict);
    dense.step(step + 1, verdict.learningRate());
    experts.step(step + 1, verdict.learningRate());
  }

  private static void clip(Parameters parameters, Verdict verdict) {
    if (verdict.clips()) {
      parameters.scaleGradients(verdict.clipScale());
    }
  }

  @Override
  public void close() throws IOException {
    batches.close();
    experts.close();
    dense.close();
    model.close();
    nobody.close();
  }
}
