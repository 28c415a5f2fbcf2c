package io.sparkswitch.jobs.loop;

/**
 * What the driver decides of a step's update, for both sides alike.
 *
 * @param learningRate of the update
 * @param clipScale gradients are multiplied by it first, in (0, 1]
 */
record Verdict(double learningRate, double clipScale) {

  Verdict {
    if (!(clipScale > 0 && clipScale <= 1)) {
      throw new IllegalArgumentException("clipScale is %s, must be in (0, 1]".formatted(clipScale));
    }
  }

  /** Of an order that updates nothing. */
  static Verdict none() {
    return new Verdict(0, 1);
  }

  /**
   * Clips by the norm of all gradients together.
   *
   * @param clipNorm largest norm allowed; 0 = any
   * @param squares sum of the squares of every gradient, finite
   */
  static Verdict of(double learningRate, double clipNorm, double squares) {
    double norm = Math.sqrt(squares);
    boolean tooLong = clipNorm > 0 && norm > clipNorm;
    return new Verdict(learningRate, tooLong ? clipNorm / norm : 1);
  }

  /** Whether gradients change before the update. */
  boolean clips() {
    return clipScale < 1;
  }
}
