package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.ModelSettings;
import io.sparkswitch.jobs.conf.OptimizerSettings;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.optim.AdafactorSettings;
import io.sparkswitch.model.optim.Schedule;
import io.sparkswitch.model.t5.SwitchConfig;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Config.Conventions;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;
import java.util.Optional;

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
    String schedule =
        config.optimizer().schedule().name().equals("SHORT")
            ? "steps=" + config.training().steps()
            : "";
    return String.join(
        "\n",
        of(config, vocab).toString(),
        config.optimizer().toString(),
        config.data().toString(),
        config.distill().toString(),
        "batch=" + config.training().batchSize(),
        schedule);
  }

  public static AdafactorSettings adafactor(OptimizerSettings o) {
    return new AdafactorSettings(
        o.factoredFrom(),
        o.clipThreshold(),
        o.decayExponent(),
        o.gradientEpsilon(),
        o.scaleEpsilon(),
        true);
  }

  public static Schedule schedule(RunConfig config) {
    OptimizerSettings o = config.optimizer();
    return new Schedule(
        Schedule.Kind.valueOf(o.schedule().name()),
        o.peakLearningRate(),
        config.training().steps());
  }
}
