package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.ModelSettings;
import io.sparkswitch.jobs.conf.OptimizerSettings;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.optim.Adafactor;
import io.sparkswitch.model.optim.AdafactorSettings;
import io.sparkswitch.model.optim.AdamW;
import io.sparkswitch.model.optim.AdamWSettings;
import io.sparkswitch.model.optim.Optimizer;
import io.sparkswitch.model.optim.Schedule;
import io.sparkswitch.model.t5.SwitchConfig;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Config.Conventions;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;
import io.sparkswitch.model.tensor.Parameters;
import java.util.Optional;
import java.util.OptionalDouble;

/** From settings to the records of {@code model}. */
public final class Architecture {
  private Architecture() {}

  /**
   * @param vocab rows of the embedding
   */
  public static T5Config of(RunConfig config, int vocab) {
    ModelSettings m = config.model();
    Optional<SwitchConfig> sparse =
        m.sparse()
            ? Optional.of(
                new SwitchConfig(
                    m.numExperts(),
                    m.expertEvery(),
                    m.capacityFactor(),
                    m.auxiliaryLossFactor(),
                    m.jitterNoise(),
                    config.routing().groupSequences()))
            : Optional.empty();
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
            m.dropoutRate(),
            m.initialisationScale()),
        sparse);
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
        config.optimizer().toString(),
        config.data().toString(),
        config.distill().toString(),
        "batch=" + config.training().batchSize(),
        length);
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
