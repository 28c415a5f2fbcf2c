package io.sparkswitch.jobs.track;

/**
 * Who watches a training.
 *
 * @param console where a person does
 * @param gauges what Spark's metrics show
 * @param flopsPerToken floating point operations of the matrix products of a training step, a real
 *     token
 */
public record Watch(Console console, TrainingGauges gauges, double flopsPerToken) {
  public Watch {
    if (!(flopsPerToken > 0)) {
      throw new IllegalArgumentException(
          "flopsPerToken = %s is not above 0".formatted(flopsPerToken));
    }
  }
}
