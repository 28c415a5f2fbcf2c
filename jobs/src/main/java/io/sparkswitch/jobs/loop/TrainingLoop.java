package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.conf.TrainingSettings;
import io.sparkswitch.jobs.exit.DivergedException;
import io.sparkswitch.jobs.exit.StoppedException;
import io.sparkswitch.jobs.gang.DriverProgram;
import io.sparkswitch.jobs.gang.RegroupException;
import io.sparkswitch.jobs.loop.Evaluation.Split;
import io.sparkswitch.jobs.track.IntervalLog;
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
import java.time.Duration;
import java.time.Instant;
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
    this.checkpoints = new CheckpointFolder(run.spec().folders().checkpoints(), hadoop, run::say);
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
      try (IntervalLog log = IntervalLog.continueAfter(run.folder(), run.watch(), attempt, step);
          CheckpointWriter writer =
              new CheckpointWriter(
                  checkpoints, ranks, dense, config.exchange().driverTimeOut(), run::say)) {
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
      bad.restore(Cursor.BEGINNING);
      dense.parameters().initialise(config.seed());
      run.beginning().accept(dense.parameters());
      return 0;
    }
    CheckpointManifest manifest = latest.get().manifest();
    run.requireOwn(latest.get(), List.of());
    bad.restore(manifest.cursor());
    dense.load(latest.get(), hadoop);
    run.watch().gauges().checkpoint(checkpoints.committedAt(latest.get()));
    ranks.load(manifest.step(), manifest.attempt());
    run.say("Continuing from %s.".formatted(latest.get().folder()));
    return manifest.step();
  }

  /** Where an attempt leaves what it does. */
  private record Records(int attempt, IntervalLog log, CheckpointWriter checkpoints) {}

  private StepMetrics train(long first, RankSet ranks, DenseModel dense, Records records)
      throws IOException, RegroupException {
    TrainingSettings training = config.training();
    Interval interval = interval(ranks);
    StepMetrics last = null;
    long began = System.nanoTime();
    for (long step = first; step < training.steps(); step++) {
      RankReport report = ranks.train(step, bad.batch(step), dense);
      double learningRate = schedule.rate(step + 1);
      double squares = report.expertSquares() + dense.gradientSquares();
      judge(step, report, squares, records);
      Verdict verdict = Verdict.of(learningRate, config.optimizer().clipNorm(), squares);
      ranks.update(step, verdict);
      records.checkpoints().awaitCopy();
      dense.update(step, verdict);
      interval.add(report);
      ranks.sendParameters(dense.parameters());
      records.checkpoints().poll();
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
        records.log().append(last);
      }
      if (saved) {
        long startedAt = System.nanoTime();
        Cursor cursor = bad.cursor();
        long batch = bad.batch(step);
        records
            .checkpoints()
            .begin(
                done,
                (shards, finite) -> {
                  bad.checkUpdate(done, batch, finite);
                  commit(done, records.attempt(), shards, cursor);
                });
        interval.exclude(System.nanoTime() - startedAt);
      }
      if (!end && (ending || regroups)) {
        records.checkpoints().finish();
        ranks.stop();
        leave(done, ending);
      }
    }
    Duration all = Duration.ofNanos(System.nanoTime() - began);
    records.checkpoints().finish();
    records.checkpoints().sayHowLongTheyHeld(all.dividedBy(Math.max(1, training.steps() - first)));
    return last;
  }

  private Interval interval(RankSet ranks) {
    return new Interval(
        config.model().auxiliaryLossFactor(),
        config.model().routerZLossFactor(),
        ranks.gemmPeak().flopsPerSecond() / run.watch().flopsPerToken());
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

  /**
   * A step that is bad ends the attempt, but not the checkpoint that is on its way, which may show
   * why it is bad.
   */
  private void judge(long step, RankReport report, double squares, Records records)
      throws IOException, RegroupException {
    boolean finite = report.finite() && Double.isFinite(squares);
    if (bad.isBad(finite, report.loss())) {
      try {
        records.checkpoints().finish();
      } catch (IOException unwritten) {
        try {
          bad.check(step, finite, report.loss());
        } catch (DivergedException diverged) {
          diverged.addSuppressed(unwritten);
          throw diverged;
        } catch (RegroupException wrong) {
          unwritten.addSuppressed(wrong);
        }
        throw unwritten;
      }
    }
    bad.check(step, finite, report.loss());
  }

  private void commit(long step, int attempt, List<Shard> shards, Cursor cursor)
      throws IOException {
    run.tenure().requireHeld();
    checkpoints.commit(
        new CheckpointManifest(
            CheckpointManifest.FORMAT_VERSION, step, attempt, shards, run.provenance(), cursor));
    committed = step;
    run.watch().gauges().checkpoint(Instant.now());
    bad.committed(cursor);
    checkpoints.sweep(step, attempt);
    checkpoints.prune(config.training().retention(), step);
  }
}
