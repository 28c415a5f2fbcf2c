package io.sparkswitch.jobs.conf;

import java.io.Serializable;

/** Section {@code optimizer}. */
public record OptimizerSettings(
    OptimizerName name,
    ScheduleName schedule,
    double peakLearningRate,
    @Word(value = "auto", means = -1) long warmupSteps,
    double clipNorm,
    double weightDecay,
    @Word(value = "auto", means = -1) double beta1,
    double decayExponent,
    int factoredFrom,
    double clipThreshold,
    double gradientEpsilon,
    boolean parameterScale,
    double scaleEpsilon,
    double beta2,
    double epsilon)
    implements Serializable {

  private static final long AUTO = -1;
  private static final long WARMUP_SHARE = 20;
  private static final double ADAMW_BETA1 = 0.9;

  public OptimizerSettings {
    Require.that(
        name == OptimizerName.ADAFACTOR || schedule.hasPeak(),
        "optimizer.schedule",
        Keys.kebab(schedule),
        "short, linear or constant while optimizer.name = adamw: the other schedules' rates are relative to each parameter's scale");
    Require.positive("optimizer.peak-learning-rate", peakLearningRate);
    Require.that(warmupSteps >= AUTO, "optimizer.warmup-steps", warmupSteps, "0 or more, or auto");
    Require.notNegative("optimizer.clip-norm", clipNorm);
    Require.notNegative("optimizer.weight-decay", weightDecay);
    if (beta1 != AUTO) {
      Require.share("optimizer.beta1", beta1);
    }
    Require.properShare("optimizer.decay-exponent", decayExponent);
    Require.positive("optimizer.factored-from", factoredFrom);
    Require.positive("optimizer.clip-threshold", clipThreshold);
    Require.positive("optimizer.gradient-epsilon", gradientEpsilon);
    Require.positive("optimizer.scale-epsilon", scaleEpsilon);
    Require.share("optimizer.beta2", beta2);
    Require.positive("optimizer.epsilon", epsilon);
  }

  /** Steps of the linear schedule's warm-up in a run of so many; auto is a twentieth of them. */
  public long warmupSteps(long steps) {
    return warmupSteps == AUTO ? steps / WARMUP_SHARE : warmupSteps;
  }

  /** Decay of the first moment, 0 for none; auto is what each optimizer is known with. */
  public double firstMomentDecay() {
    if (beta1 != AUTO) {
      return beta1;
    }
    return name == OptimizerName.ADAMW ? ADAMW_BETA1 : 0;
  }

  /** Numbers that are kept for every parameter; factors of a second moment weigh nothing. */
  public int momentsPerParameter() {
    if (name == OptimizerName.ADAMW) {
      return 2;
    }
    return firstMomentDecay() > 0 ? 1 : 0;
  }
}
