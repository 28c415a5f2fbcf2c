package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.jobs.conf.ModelSettings;
import io.sparkswitch.jobs.conf.OptimizerSettings;
import io.sparkswitch.jobs.conf.RoutingSettings;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.Draws;
import io.sparkswitch.model.moe.Exploration;
import io.sparkswitch.model.moe.Observations;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.RouterLossFactors;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.moe.Selection;
import io.sparkswitch.model.optim.Adafactor;
import io.sparkswitch.model.optim.AdafactorSettings;
import io.sparkswitch.model.optim.AdamW;
import io.sparkswitch.model.optim.AdamWSettings;
import io.sparkswitch.model.optim.Optimizer;
import io.sparkswitch.model.optim.Schedule;
import io.sparkswitch.model.t5.ExpertSites;
import io.sparkswitch.model.t5.Grouping;
import io.sparkswitch.model.t5.Inputs;
import io.sparkswitch.model.t5.Precision;
import io.sparkswitch.model.t5.SparseBlocks;
import io.sparkswitch.model.t5.SwitchConfig;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Config.Conventions;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;
import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Tape;
import io.sparkswitch.model.tensor.TapeOptions;
import io.sparkswitch.model.tensor.TapeOptions.Activations;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** From settings to the records of {@code model}. */
public final class Architecture {
  private Architecture() {}

  /**
   * @param vocab rows of the embedding
   */
  public static T5Config of(RunConfig config, int vocab) {
    ModelSettings m = config.model();
    Optional<SwitchConfig> sparse = m.sparse() ? Optional.of(sparse(config)) : Optional.empty();
    return new T5Config(
        vocab,
        new Width(m.dModel(), m.dFf(), m.numHeads(), m.dKv()),
        m.numEncoderLayers(),
        m.numDecoderLayers(),
        new Conventions(
            FeedForwardKind.valueOf(m.feedForward().name()),
            m.tiedOutput(),
            m.relativeAttentionNumBuckets(),
            m.relativeAttentionMaxDistance(),
            m.initialisationScale()),
        sparse);
  }

  private static SwitchConfig sparse(RunConfig config) {
    ModelSettings m = config.model();
    RoutingSettings r = config.routing();
    int offset = m.lastOfEach() ? m.expertEvery() - 1 : m.expertOffset();
    return new SwitchConfig(
        m.numExperts(),
        new SparseBlocks(
            blocks(m.numEncoderLayers(), m.expertEvery(), offset),
            blocks(m.numDecoderLayers(), m.expertEvery(), offset)),
        ExpertSites.valueOf(m.expertSites().name()),
        rule(m, r),
        grouping(r));
  }

  private static List<Integer> blocks(int layers, int every, int offset) {
    return IntStream.range(0, layers).filter(i -> i % every == offset).boxed().toList();
  }

  private static RoutingRule rule(ModelSettings m, RoutingSettings r) {
    Capacity capacity =
        switch (r.capacity()) {
          case CEIL -> Capacity.factor(m.capacityFactor());
          case FLOOR -> new Capacity(Capacity.Kind.SHARE_ROUNDED_DOWN, m.capacityFactor(), 0);
          case FIXED -> Capacity.fixed(r.fixedCapacity());
        };
    Exploration exploration =
        switch (r.exploration()) {
          case INPUT_JITTER -> Exploration.jitter(m.jitterNoise());
          case ARGMAX -> Exploration.argmax();
          case SAMPLE_SOFTMAX -> new Exploration(Exploration.Kind.SAMPLE_SOFTMAX, 0);
          case INPUT_DROPOUT ->
              new Exploration(Exploration.Kind.INPUT_DROPOUT, r.inputDropoutRate());
        };
    return new RoutingRule(
        new Selection(Selection.Kind.valueOf(r.selection().name()), r.choices(), r.renormalise()),
        capacity,
        exploration,
        new RouterLossFactors(
            m.auxiliaryLossFactor(),
            m.routerZLossFactor(),
            RouterLossFactors.Convention.valueOf(r.losses().name())));
  }

  static TapeOptions tape(RunConfig config) {
    return TapeOptions.of(Activations.valueOf(config.training().activations().name()));
  }

  static Precision precision(RunConfig config) {
    return Precision.valueOf(config.training().precision().name());
  }

  /**
   * What a checkpoint depends on: a run that continues it must have the same. The length of the run
   * counts where the schedule depends on it.
   */
  public static String identity(RunConfig config, int vocab) {
    String length =
        schedule(config).kind().knowsTheEnd() ? "steps=" + config.training().steps() : "";
    return String.join(
        "\n",
        of(config, vocab).toString(),
        "dropout=%s, experts %s"
            .formatted(config.model().dropoutRate(), config.model().expertDropoutRate()),
        "z-loss=" + config.model().outputZLossFactor(),
        config.training().precision().toString(),
        config.optimizer().toString(),
        config.data().toString(),
        config.distill().toString(),
        "batch=" + config.training().batchSize(),
        length);
  }

  /**
   * A pass of training.
   *
   * @param step that its draws belong to
   * @param tag of the pass's messages, but for layer and direction
   */
  static Pass trainingPass(
      RunConfig config, T5Config model, long step, Exchange exchange, Tag tag) {
    Draws draws =
        new Draws(
            new Noise(config.seed(), step),
            config.model().dropoutRate(),
            config.model().expertDropoutRate());
    return new Pass(
        Tape.recording(tape(config)), exchange, tag, model.training(), draws, new Observations());
  }

  /** A share of a batch, in its routing groups. */
  static Inputs inputs(RunConfig config, Batch batch, Share share) {
    return Inputs.of(batch, share.from(), share.to(), grouping(config.routing()));
  }

  private static Grouping grouping(RoutingSettings r) {
    return new Grouping(r.groupSequences(), Grouping.Padding.valueOf(r.padding().name()));
  }

  /** The optimizer of a side's parameters; the caller closes it. */
  static Optimizer optimizer(OptimizerSettings o, Parameters parameters) {
    return switch (o.name()) {
      case ADAFACTOR -> new Adafactor(parameters, adafactor(o));
      case ADAMW ->
          new AdamW(
              parameters,
              new AdamWSettings(o.firstMomentDecay(), o.beta2(), o.epsilon(), o.weightDecay()));
    };
  }

  private static AdafactorSettings adafactor(OptimizerSettings o) {
    return new AdafactorSettings(
        new AdafactorSettings.Statistics(o.factoredFrom(), o.decayExponent(), o.gradientEpsilon()),
        o.clipThreshold(),
        o.parameterScale() ? OptionalDouble.of(o.scaleEpsilon()) : OptionalDouble.empty(),
        o.firstMomentDecay(),
        o.weightDecay());
  }

  public static Schedule schedule(RunConfig config) {
    OptimizerSettings o = config.optimizer();
    long steps = config.training().steps();
    return new Schedule(
        Schedule.Kind.valueOf(o.schedule().name()),
        o.peakLearningRate(),
        o.warmupSteps(steps),
        steps);
  }
}
