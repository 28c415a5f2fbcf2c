package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.conf.TrainingSettings;
import io.sparkswitch.jobs.exit.StoppedException;
import io.sparkswitch.jobs.gang.DriverProgram;
import io.sparkswitch.jobs.gang.RegroupException;
import io.sparkswitch.jobs.loop.Evaluation.Split;
import io.sparkswitch.jobs.track.Console;
import io.sparkswitch.jobs.track.MetricsLog;
import io.sparkswitch.jobs.track.StepMetrics;
import io.sparkswitch.model.checkpoint.CheckpointFolder;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.checkpoint.CheckpointManifest;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Cursor;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.optim.Schedule;
import io.sparkswitch.model.t5.T5Config;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import org.apache.hadoop.conf.Configuration;

/**
 * Training, as the driver sees it: it hands out the dense parameters, aggregates their gradients,
 * gives one verdict a step, and commits checkpoints. Every attempt begins from the last one. A step
 * that goes wrong ends the attempt too: the next one does without its batch.
 */
public final class TrainingLoop implements DriverProgram<StepMetrics> {
  private final TrainingRun run;
  private final RunConfig config;
  private final Configuration hadoop;
  private final CheckpointFolder checkpoints;
  private final Schedule schedule;
  private final BadBatches bad;
  private BooleanSupplier leaving = () -> false;
  private long committed;

  public TrainingLoop(TrainingRun run, Configuration hadoop) {
    this.run = run;
    this.config = run.spec().config();
    this.hadoop = hadoop;
    this.checkpoints = new CheckpointFolder(run.spec().folders().checkpoints(), hadoop);
    this.schedule = Architecture.schedule(config);
    this.bad = new BadBatches(config.training());
  }

  @Override
  public long progress() {
    return committed;
  }

  @Override
  public void attemptBegins(BooleanSupplier somebodyLeaves) {
    leaving = somebodyLeaves;
  }

  @Override
  public StepMetrics run(Exchange exchange, int attempt) throws Exception {
    RankSet ranks = new RankSet(exchange, attempt);
    T5Config architecture = Architecture.of(config, run.vocabularyRows());
    try (DenseModel dense = new DenseModel(architecture, config)) {
      long step = start(dense, ranks);
      ranks.sendParameters(dense.parameters());
      try (MetricsLog log = MetricsLog.continueAfter(run.folder(), step)) {
        StepMetrics last = train(step, ranks, dense, attempt, log);
        ranks.stop();
        return last;
      }
    }
  }

  /** Restores the last checkpoint or begins anew; the step to go on with. */
  private long start(DenseModel dense, RankSet ranks) throws IOException {
    Optional<Committed> latest = checkpoints.latest();
    if (latest.isEmpty()) {
      bad.restore(Cursor.BEGINNING);
      dense.parameters().initialise(config.seed());
      run.beginning().accept(dense.parameters());
      return 0;
    }
    CheckpointManifest manifest = latest.get().manifest();
    run.requireOwn(latest.get(), List.of());
    bad.restore(manifest.cursor());
    dense.load(latest.get(), hadoop);
    ranks.load(manifest.step(), manifest.attempt());
    run.say("Continuing from %s.".formatted(latest.get().folder()));
    return manifest.step();
  }

  private StepMetrics train(
      long first, RankSet ranks, DenseModel dense, int attempt, MetricsLog log)
      throws IOException, RegroupException {
    TrainingSettings training = config.training();
    Console console = run.console();
    Interval interval =
        new Interval(config.model().auxiliaryLossFactor(), config.model().routerZLossFactor());
    StepMetrics last = null;
    for (long step = first; step < training.steps(); step++) {
      RankReport report = ranks.train(step, bad.batch(step), dense.parameters());
      double learningRate = schedule.rate(step + 1);
      double squares = report.expertSquares() + dense.gradientSquares();
      bad.check(step, report.finite() && Double.isFinite(squares), report.loss());
      Verdict verdict = Verdict.of(learningRate, config.optimizer().clipNorm(), squares);
      ranks.update(step, verdict);
      dense.update(step, verdict);
      interval.add(report);
      ranks.sendParameters(dense.parameters());
      long done = step + 1;
      OptionalDouble validation = OptionalDouble.empty();
      if (sample() > 0 && training.evaluateEvery() > 0 && done % training.evaluateEvery() == 0) {
        long startedAt = System.nanoTime();
        validation =
            OptionalDouble.of(Evaluation.dropless(ranks, config, Split.all(sample())).loss());
        interval.exclude(System.nanoTime() - startedAt);
      }
      boolean ending = run.tenure().isEnding();
      boolean regroups = leaving.getAsBoolean();
      boolean end = done == training.steps();
      boolean saved = done % training.checkpointEvery() == 0 || end || ending || regroups;
      // A checkpoint ends the interval, so that a run which continues from it reports the same.
      boolean due = done % training.logEvery() == 0 || validation.isPresent() || saved;
      if (due && !interval.isEmpty()) {
        last = interval.finish(done, learningRate, validation);
        log.append(last);
        console.interval(last);
      }
      if (saved) {
        long startedAt = System.nanoTime();
        checkpoint(done, ranks, dense, attempt);
        interval.exclude(System.nanoTime() - startedAt);
      }
      if (!end && (ending || regroups)) {
        ranks.stop();
        leave(done, ending);
      }
    }
    return last;
  }

  private static void leave(long done, boolean ending) throws RegroupException {
    if (ending) {
      throw new StoppedException(
          "asked to end, at step %d, of which there is a checkpoint: the same command continues"
              .formatted(done));
    }
    throw new RegroupException(
        "an executor was told to end, there is a checkpoint of step %d".formatted(done));
  }

  /** Validation sequences of an evaluation in between. */
  private long sample() {
    long limit = config.training().evaluationSequences();
    return limit == 0 ? run.validationSequences() : Math.min(limit, run.validationSequences());
  }

  private void checkpoint(long step, RankSet ranks, DenseModel dense, int attempt)
      throws IOException {
    List<Shard> shards = new ArrayList<>();
    shards.add(checkpoints.writeShard(step, attempt, "dense", dense.tensors()));
    for (byte[] answer : ranks.checkpoint(step)) {
      if (answer.length > 0) {
        shards.add(ModelTensors.shard(answer));
      }
    }
    run.tenure().requireHeld();
    checkpoints.commit(
        new CheckpointManifest(
            CheckpointManifest.FORMAT_VERSION,
            step,
            attempt,
            shards,
            run.provenance(),
            bad.cursor()));
    committed = step;
    bad.committed();
    checkpoints.sweep(step, attempt);
    checkpoints.prune(config.training().keepCheckpoints(), step);
  }
}
