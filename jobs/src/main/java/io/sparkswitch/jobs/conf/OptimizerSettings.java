package io.sparkswitch.jobs.conf;

import java.io.Serializable;

/** Section {@code optimizer}. */
public record OptimizerSettings(
    OptimizerName name,
    ScheduleName schedule,
    double peakLearningRate,
    double decayExponent,
    int factoredFrom,
    double clipThreshold,
    double gradientEpsilon,
    double scaleEpsilon)
    implements Serializable {

  public OptimizerSettings {
    Require.positive("optimizer.peak-learning-rate", peakLearningRate);
    Require.properShare("optimizer.decay-exponent", decayExponent);
    Require.positive("optimizer.factored-from", factoredFrom);
    Require.positive("optimizer.clip-threshold", clipThreshold);
    Require.positive("optimizer.gradient-epsilon", gradientEpsilon);
    Require.positive("optimizer.scale-epsilon", scaleEpsilon);
  }
}
