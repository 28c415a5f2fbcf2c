package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.conf.TrainingSettings;
import io.sparkswitch.jobs.exit.DivergedException;
import io.sparkswitch.jobs.gang.DriverProgram;
import io.sparkswitch.jobs.loop.Evaluation.Split;
import io.sparkswitch.jobs.track.Console;
import io.sparkswitch.jobs.track.MetricsLog;
import io.sparkswitch.jobs.track.StepMetrics;
import io.sparkswitch.model.checkpoint.CheckpointFolder;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.checkpoint.CheckpointManifest;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.optim.Schedule;
import io.sparkswitch.model.t5.T5Config;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.hadoop.conf.Configuration;

/**
 * Training, as the driver sees it: it hands out the dense parameters, aggregates their gradients,
 * gives one verdict a step, and commits checkpoints. Every attempt begins from the last one.
 */
public final class TrainingLoop implements DriverProgram<StepMetrics> {
  private final TrainingRun run;
  private final RunConfig config;
  private final Configuration hadoop;
  private final CheckpointFolder checkpoints;
  private final Schedule schedule;

  public TrainingLoop(TrainingRun run, Configuration hadoop) {
    this.run = run;
    this.config = run.spec().config();
    this.hadoop = hadoop;
    this.checkpoints = new CheckpointFolder(run.spec().folders().checkpoints(), hadoop, run::say);
    this.schedule = Architecture.schedule(config);
  }

  @Override
  public StepMetrics run(Exchange exchange, int attempt) throws Exception {
    RankSet ranks = new RankSet(exchange, attempt);
    T5Config architecture = Architecture.of(config, run.vocabularyRows());
    try (DenseModel dense = new DenseModel(architecture, config)) {
      long step = start(dense, ranks);
      ranks.sendParameters(dense.parameters());
      try (MetricsLog log = MetricsLog.continueAfter(run.folder(), step);
          CheckpointWriter writer =
              new CheckpointWriter(checkpoints, attempt, ranks, dense, run::say)) {
        StepMetrics last = train(step, ranks, dense, new Records(attempt, log, writer));
        ranks.stop();
        return last;
      }
    }
  }

  /** Restores the last checkpoint or begins anew; the step to go on with. */
  private long start(DenseModel dense, RankSet ranks) throws IOException {
    Optional<Committed> latest = checkpoints.latest();
    if (latest.isEmpty()) {
      dense.parameters().initialise(config.seed());
      run.beginning().accept(dense.parameters());
      return 0;
    }
    CheckpointManifest manifest = latest.get().manifest();
    run.requireOwn(latest.get());
    dense.load(latest.get(), hadoop);
    ranks.load(manifest.step(), manifest.attempt());
    run.say("Continuing from %s.".formatted(latest.get().folder()));
    return manifest.step();
  }

  /** Where an attempt leaves what it does. */
  private record Records(int attempt, MetricsLog log, CheckpointWriter checkpoints) {}

  private StepMetrics train(long first, RankSet ranks, DenseModel dense, Records records)
      throws IOException {
    TrainingSettings training = config.training();
    Console console = run.console();
    Interval interval =
        new Interval(config.model().auxiliaryLossFactor(), config.model().routerZLossFactor());
    StepMetrics last = null;
    int skipped = 0;
    for (long step = first; step < training.steps(); step++) {
      RankReport report = ranks.train(step, dense.parameters());
      double learningRate = schedule.rate(step + 1);
      double squares = report.expertSquares() + dense.gradientSquares();
      if (report.finite() && Double.isFinite(squares)) {
        Verdict verdict = Verdict.of(learningRate, config.optimizer().clipNorm(), squares);
        ranks.update(step, verdict);
        records.checkpoints().awaitCopy();
        dense.update(step, verdict);
        interval.add(report);
        skipped = 0;
      } else {
        skip(step, ++skipped);
      }
      ranks.sendParameters(dense.parameters());
      records.checkpoints().poll();
      long done = step + 1;
      boolean end = done == training.steps();
      OptionalDouble validation = OptionalDouble.empty();
      if (sample() > 0 && training.evaluateEvery() > 0 && done % training.evaluateEvery() == 0) {
        long startedAt = System.nanoTime();
        validation =
            OptionalDouble.of(Evaluation.dropless(ranks, config, Split.all(sample())).loss());
        interval.exclude(System.nanoTime() - startedAt);
      }
      boolean saved = done % training.checkpointEvery() == 0 || end;
      // A checkpoint ends the interval, so that a run which continues from it reports the same.
      boolean due = done % training.logEvery() == 0 || validation.isPresent() || saved;
      if (due && !interval.isEmpty()) {
        last = interval.finish(done, learningRate, validation);
        records.log().append(last);
        console.interval(last);
      }
      if (saved) {
        long startedAt = System.nanoTime();
        records.checkpoints().begin(done, shards -> commit(done, records.attempt(), shards));
        interval.exclude(System.nanoTime() - startedAt);
      }
    }
    records.checkpoints().finish();
    return last;
  }

  /** Validation sequences of an evaluation in between. */
  private long sample() {
    long limit = config.training().evaluationSequences();
    return limit == 0 ? run.validationSequences() : Math.min(limit, run.validationSequences());
  }

  private void skip(long step, int skipped) {
    if (skipped > config.training().maxSkippedSteps()) {
      throw new DivergedException(
          "%d steps in a row up to step %d had a loss or gradient that is not finite (training.max-skipped-steps): start over with --fresh and a lower optimizer.peak-learning-rate, or with another seed"
              .formatted(skipped, step));
    }
    run.say(
        "Step %d had a loss or gradient that is not finite; its update is skipped."
            .formatted(step));
  }

  private void commit(long step, int attempt, List<Shard> shards) throws IOException {
    checkpoints.commit(
        new CheckpointManifest(
            CheckpointManifest.FORMAT_VERSION, step, attempt, shards, run.provenance()));
    checkpoints.prune(config.training().retention(), step);
  }
}
