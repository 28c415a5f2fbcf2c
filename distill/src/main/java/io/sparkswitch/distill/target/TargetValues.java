package io.sparkswitch.distill.target;

/**
 * The numbers that probabilities are rounded to before they are stored; they stay float32 columns,
 * which compress the better the fewer numbers there are.
 */
public enum TargetValues {
  /** As computed. */
  FLOAT32(1e-4) {
    @Override
    float rounded(float probability) {
      return probability;
    }
  },
  /** 8 bits of significand: 2^-9 relative error at most. */
  BFLOAT16(0.01) {
    @Override
    float rounded(float probability) {
      int bits = Float.floatToRawIntBits(probability);
      int half = 0x7FFF + ((bits >>> 16) & 1); // to even
      return Float.intBitsToFloat((bits + half) & 0xFFFF0000);
    }
  },
  /**
   * 256 numbers, twelve to an octave from 1 down to 2^-21.25: 2^(1/24) - 1 = 2.9 % relative error
   * at most, below that the smallest of them.
   */
  EIGHT_BIT(0.03) {
    @Override
    float rounded(float probability) {
      double steps = -STEPS_PER_OCTAVE * Math.log(probability) / Math.log(2);
      return (float) level(Math.min(LEVELS - 1, Math.round(steps)));
    }

    private static double level(long steps) {
      return Math.pow(2, -steps / STEPS_PER_OCTAVE);
    }
  };

  private static final double STEPS_PER_OCTAVE = 12;
  private static final int LEVELS = 256;

  private final double tolerance;

  TargetValues(double tolerance) {
    this.tolerance = tolerance;
  }

  /** How far from one the masses at a position may add up to, by rounding alone. */
  public double tolerance() {
    return tolerance;
  }

  /** The nearest of the numbers; {@code probability} is in [0, 1]. */
  abstract float rounded(float probability);

  /** Rounds in place. */
  float[] round(float[] probabilities) {
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] = rounded(probabilities[i]);
    }
    return probabilities;
  }
}
