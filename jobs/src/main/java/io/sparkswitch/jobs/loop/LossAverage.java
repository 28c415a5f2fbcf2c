package io.sparkswitch.jobs.loop;

/**
 * The loss of late, which a spike is measured against: an average in which the last hundred steps
 * weigh most.
 */
final class LossAverage {
  private static final double WEIGHT = 0.01;

  private final double factor;
  private double average;

  /**
   * @param factor a loss above so many times the average is a spike; 0 = none is
   * @param average to go on from; 0 for none yet
   */
  LossAverage(double factor, double average) {
    this.factor = factor;
    this.average = average;
  }

  boolean isSpike(double loss) {
    return factor > 0 && average > 0 && loss > factor * average;
  }

  void add(double loss) {
    average = average > 0 ? average + WEIGHT * (loss - average) : loss;
  }

  /** Nats per target token; 0 before the first. */
  double value() {
    return average;
  }
}
