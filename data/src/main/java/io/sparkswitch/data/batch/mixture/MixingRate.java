package io.sparkswitch.data.batch.mixture;

/**
 * The weight of a part as a function of its size: {@code min(size * scale, maximum) ^ (1 /
 * temperature)}. Source: Raffel et al., 2020, section 3.5.2.
 *
 * @param scale factor of the size
 * @param temperature 1 mixes by size; the higher, the more alike the parts
 * @param maximum limit of the scaled size; infinite for none
 */
public record MixingRate(double scale, double temperature, double maximum) {
  public MixingRate {
    requirePositive("scale", scale);
    requirePositive("temperature", temperature);
    if (!(maximum > 0)) {
      throw new IllegalArgumentException(
          "maximum %s of a mixing rate: give a number above 0, or infinity".formatted(maximum));
    }
  }

  /** Weights that are sizes to a power, as mC4 with {@code alpha} 0.3. */
  public static MixingRate ofExponent(double alpha) {
    requirePositive("exponent", alpha);
    return new MixingRate(1, 1 / alpha, Double.POSITIVE_INFINITY);
  }

  /** The weight of a part with that many examples or segments. */
  public double of(long size) {
    // StrictMath: a last bit that differs between machines could move a sequence.
    return StrictMath.pow(Math.min(size * scale, maximum), 1 / temperature);
  }

  private static void requirePositive(String name, double value) {
    if (!(value > 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException(
          "%s %s of a mixing rate: give a number above 0".formatted(name, value));
    }
  }
}
