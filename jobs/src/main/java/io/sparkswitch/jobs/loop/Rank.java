package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.data.batch.BatchStream;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.gang.GangMember;
import io.sparkswitch.jobs.gang.RankPhase;
import io.sparkswitch.jobs.gang.Whereabouts;
import io.sparkswitch.jobs.loop.EvaluationBatch.Reading;
import io.sparkswitch.jobs.loop.Order.Command;
import io.sparkswitch.model.checkpoint.BackgroundShard;
import io.sparkswitch.model.checkpoint.CheckpointFolder;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.loss.Objective;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.LayerMetrics;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.optim.Optimizer;
import io.sparkswitch.model.optim.SumOfSquares;
import io.sparkswitch.model.t5.GradientStep;
import io.sparkswitch.model.t5.Inputs;
import io.sparkswitch.model.t5.SparseLayers;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Model;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** One rank of a gang: its part of the model, and what it can be ordered to do. */
final class Rank implements AutoCloseable {
  private final RunConfig config;
  private final WorkerSpec.Folders folders;
  private final GangMember member;
  private final ExchangeTimer timer;
  private final Exchange exchange;
  private final T5Model model;
  private final Optimizer optimizer;
  private final RunData.Opened data;
  private final ValidationStreams validation;
  private final MicroBatchTurns microBatches;
  private final Objectives objectives;
  private final TargetsOfRank targets;
  private final BackgroundShard shard;
  private BatchStream training;
  private long tick;

  Rank(WorkerSpec spec, GangMember member) throws IOException {
    this.config = spec.config();
    this.folders = spec.folders();
    this.member = member;
    this.timer = new ExchangeTimer(member.exchange());
    this.exchange = timer.timed();
    CheckpointFolder checkpoints = new CheckpointFolder(folders.checkpoints(), member.hadoop());
    checkpoints.requireVisible();
    this.data = folders.data().open(config, member.hadoop());
    this.validation = new ValidationStreams(data::validation);
    this.microBatches =
        new MicroBatchTurns(
            config,
            exchange,
            work -> () -> timer.excluding(() -> member.whereabouts().meanwhile(work)));
    T5Config architecture = Architecture.of(config, data.vocabularyRows());
    this.model =
        new T5Model(architecture, Architecture.precision(config), exchange.rank(), exchange.size());
    model.experts().initialise(config.seed());
    this.optimizer = Architecture.optimizer(config.optimizer(), model.experts());
    this.objectives = objectives(spec, architecture.vocab());
    this.targets =
        new TargetsOfRank(spec, member, () -> training().corruptionSeed(), architecture.vocab());
    this.shard =
        new BackgroundShard(
            checkpoints,
            member.attempt(),
            "experts-%03d-of-%03d".formatted(exchange.rank(), exchange.size()),
            new ToldWrite(member.whereabouts()));
  }

  private Objectives objectives(WorkerSpec spec, int vocabularyRows) throws IOException {
    if (spec.onlineTeacher().isPresent()) {
      member.whereabouts().enter(RankPhase.CHECKPOINT_READ);
      T5Model teacher =
          spec.teacher().open(vocabularyRows, exchange.rank(), exchange.size(), member.hadoop());
      return new OnlineTeacher(teacher, exchange, Objectives.mixed(config));
    }
    return folders.hasTargets()
        ? new Objectives.Stored(spec, member.hadoop())
        : Objectives.labels(config);
  }

  /** A write of this rank's shard, as its heartbeat tells of it. */
  private record ToldWrite(Whereabouts whereabouts) implements BackgroundShard.Listener {
    @Override
    public void writes(long step) {
      whereabouts.enterBeside(RankPhase.CHECKPOINT_WRITE, step);
    }

    @Override
    public void ended(long step) {
      whereabouts.endBeside();
    }
  }

  /** Does what the driver orders until it says stop. */
  void obey() throws IOException {
    while (true) {
      tick++;
      Order order = Order.of(exchange.receiveBytes(Exchange.DRIVER, tag(Direction.CONTROL)));
      if (order.command() == Command.STOP) {
        return;
      }
      try (PointerScope scope = new PointerScope()) {
        obey(order);
      }
    }
  }

  private void obey(Order order) throws IOException {
    if (order.command() == Command.PARAMETERS) {
      member.whereabouts().enter(RankPhase.PARAMETERS); // of the step before
    } else {
      member.whereabouts().enter(phase(order.command()), order.step());
    }
    switch (order.command()) {
      case PARAMETERS -> receiveParameters();
      case AWAIT -> answer(new byte[0]);
      case MEASURE -> answer(GemmPeak.measure().toBytes());
      case LOAD -> load(order, optimizer.state());
      case LOAD_EXPERTS -> load(order, Map.of());
      case TRAIN -> train(order.step(), order.argument());
      case UPDATE -> update(order.step(), order.verdict());
      case CHECKPOINT -> checkpoint(order.step());
      case WRITTEN -> answer(written(Duration.ofMillis(order.argument())).toBytes());
      case EVALUATE -> evaluate(EvaluationBatch.of(order));
      case TEACH -> teach(order.step());
      case TARGETS_BEGIN -> targets.begin(order.step(), order.argument());
      case TARGETS_END -> answer(targets.finish());
      case STOP -> throw new IllegalStateException("stop is handled before");
    }
  }

  private static RankPhase phase(Command command) {
    return switch (command) {
      case UPDATE -> RankPhase.OPTIMIZER;
      case CHECKPOINT -> RankPhase.CHECKPOINT_BEGIN;
      case LOAD, LOAD_EXPERTS -> RankPhase.CHECKPOINT_READ;
      default -> RankPhase.COMPUTATION;
    };
  }

  private void receiveParameters() {
    Tensor values = model.dense().values();
    exchange.scatterFromDriver(
        tag(Direction.FROM_DRIVER), Exchange.slice(values, exchange.rank(), exchange.size()));
    exchange.allGather(tag(Direction.ALL_GATHER), values);
  }

  private void load(Order order, Map<String, Tensor> state) throws IOException {
    CheckpointFolder folder = new CheckpointFolder(folders.checkpoints(), member.hadoop());
    ModelTensors.read(
        folder.open(order.step(), Math.toIntExact(order.argument())),
        member.hadoop(),
        model.experts(),
        state);
  }

  private void train(long step, long number) throws IOException {
    Batch batch = training().batch(number);
    int group = config.routing().groupSequences();
    Share share = Share.of(batch.sequences(), group, exchange.rank(), exchange.size());
    model.dense().zeroGradients();
    model.experts().zeroGradients();
    int parts = config.training().microBatches();
    RankReport report =
        microBatches.train(
            part -> {
              Share ofPart = share.part(group, part, parts);
              return trainPart(step, new MicroBatch(part, number, batch, ofPart));
            });
    Tensor slice = exchange.reduceScatter(tag(Direction.REDUCE_SCATTER), model.dense().gradients());
    exchange.gatherAtDriver(tag(Direction.TO_DRIVER), slice);
    double expertSquares = SumOfSquares.ofGradients(model.experts());
    sendLayers(report.layers());
    double waited = timer.takeSeconds() / exchange.size();
    answer(
        report.plus(RankReport.ofGradients(expertSquares, waited)).withLayers(List.of()).toBytes());
  }

  /** The ranks' sum, of which each tells the driver a slice. */
  private void sendLayers(List<LayerMetrics> metrics) {
    if (!metrics.isEmpty()) {
      LayerSums sums = new LayerSums(SparseLayers.of(model.config()));
      Tensor numbers = Tensors.doubles(sums.numbers(metrics), sums.length());
      Tensor slice = exchange.reduceScatter(tag(Direction.METRICS), numbers);
      exchange.gatherAtDriver(tag(Direction.METRICS), slice);
    }
  }

  private void update(long step, Verdict verdict) throws IOException {
    shard.awaitCopy();
    if (verdict.clips()) {
      model.experts().scaleGradients(verdict.clipScale());
    }
    optimizer.step(step + 1, verdict.learningRate());
  }

  private RankReport trainPart(long step, MicroBatch micro) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      Tag tag = new Tag(member.attempt(), tick, micro.index(), 0, Direction.CONTROL);
      Pass pass = Architecture.trainingPass(config, model.config(), step, exchange, tag);
      Inputs inputs = Architecture.inputs(config, micro.batch(), micro.share());
      Objective objective = objectives.of(micro, inputs, tag);
      return report(GradientStep.train(model, inputs, pass, objective), inputs);
    }
  }

  private void checkpoint(long step) {
    if (!model.experts().specs().isEmpty()) {
      shard.begin(step, ModelTensors.of(model.experts(), optimizer.state()));
    }
  }

  private ShardProgress written(Duration patience) throws IOException {
    if (model.experts().specs().isEmpty()) {
      return ShardProgress.withoutExperts();
    }
    return shard
        .written(patience)
        .map(written -> ShardProgress.done(written, shard.finite(), shard.held()))
        .orElse(ShardProgress.writing());
  }

  private void evaluate(EvaluationBatch asked) {
    Batch plain = validation.of(asked.part()).batch(asked.batch());
    int group = config.routing().groupSequences();
    Batch batch =
        asked.reading() == Reading.SHUFFLED_INPUTS ? ShuffledInputs.of(plain, group) : plain;
    Share share = Share.of(batch.sequences(), group, exchange.rank(), exchange.size());
    RoutingRule training = model.config().training();
    RoutingRule rule =
        training.inference(
            asked.reading() == Reading.TRAINING_CAPACITY
                ? training.capacity()
                : Capacity.factor(config.model().evaluationCapacityFactor()));
    Inputs inputs = Architecture.inputs(config, batch, share);
    answer(
        report(
                GradientStep.evaluate(model, inputs, inference(rule), Objectives.hard(config)),
                inputs)
            .toBytes());
  }

  private void teach(long step) throws IOException {
    Batch batch = training().batch(step);
    int group = config.routing().groupSequences();
    Share share = Share.of(batch.sequences(), group, exchange.rank(), exchange.size());
    targets.write(
        step,
        batch,
        share,
        model,
        Architecture.inputs(config, batch, share),
        inference(model.config().training().inference(Capacity.dropless())));
    answer(new byte[0]);
  }

  /** Opened with the first step: who evaluates has no need of it. */
  private BatchStream training() {
    if (training == null) {
      training = data.training();
    }
    return training;
  }

  private Pass inference(RoutingRule rule) {
    return Pass.inference(exchange, new Tag(member.attempt(), tick, 0, 0, Direction.CONTROL), rule);
  }

  private static RankReport report(GradientStep.Result result, Inputs inputs) {
    return new RankReport(
        result.crossEntropy(),
        result.targetTokens(),
        inputs.realTokens(),
        Double.isFinite(result.crossEntropy()),
        0,
        0,
        result.layers());
  }

  private void answer(byte[] bytes) {
    exchange.sendBytes(Exchange.DRIVER, tag(Direction.CONTROL), bytes);
  }

  private Tag tag(Direction direction) {
    return new Tag(member.attempt(), tick, 0, 0, direction);
  }

  @Override
  public void close() throws IOException {
    microBatches.close();
    shard.close();
    targets.close();
    if (training != null) {
      training.close();
    }
    validation.close();
    objectives.close();
    optimizer.close();
    model.close();
  }
}
